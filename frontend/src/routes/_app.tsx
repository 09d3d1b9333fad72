import { createFileRoute, redirect } from "@tanstack/react-router";
import { ApiError } from "@/api/errors";
import { sessionQuery } from "@/api/queries";
import { StepUp } from "@/features/security/StepUp";
import { Shell } from "@/shell/Shell";

/** Everything behind the sign-in. */
export const Route = createFileRoute("/_app")({
  beforeLoad: async ({ context, location }) => {
    try {
      return { session: await context.queryClient.query({ ...sessionQuery, staleTime: "static" }) };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: "/login", search: { to: location.href === "/" ? undefined : location.href } });
      }
      throw error;
    }
  },
  component: Inside,
});

function Inside() {
  return (
    <>
      <Shell />
      <StepUp />
    </>
  );
}
