import { createFileRoute } from "@tanstack/react-router";
import { Suspense } from "react";
import { PageHeader } from "@/components/PageHeader";
import { Rows } from "@/components/PageStates";
import { SECTIONS } from "@/features/settings/sections";

export const Route = createFileRoute("/_app/settings")({ component: Settings });

function Settings() {
  return (
    <>
      <PageHeader title="Settings" tab="Settings" />
      {SECTIONS.map((Part, at) => (
        <Suspense key={at} fallback={<Rows rows={3} />}>
          <Part />
        </Suspense>
      ))}
    </>
  );
}
