import { createFileRoute } from "@tanstack/react-router";
import { PageNotFound } from "@/components/PageStates";

/** Any other address: said inside the console, so that the way back is at hand. */
export const Route = createFileRoute("/_app/$")({ component: PageNotFound });
