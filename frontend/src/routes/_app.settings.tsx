import { createFileRoute } from "@tanstack/react-router";
import { PageHeader } from "@/components/PageHeader";
import { SECTIONS } from "@/features/settings/sections";

export const Route = createFileRoute("/_app/settings")({ component: Settings });

function Settings() {
  return (
    <>
      <PageHeader title="Settings" tab="Settings" />
      {SECTIONS.map((Part, at) => (
        <Part key={at} />
      ))}
    </>
  );
}
