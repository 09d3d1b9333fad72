import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { airsenalQuery } from "@/api/fplQueries";
import type { AirsenalStatus } from "@/api/types";
import { PageHeader, Section } from "@/components/PageHeader";
import { Failure, Rows } from "@/components/PageStates";
import { Glance, Places } from "@/features/airsenal/Glance";
import { GuidanceCards } from "@/features/airsenal/GuidanceCards";
import { StepList } from "@/features/airsenal/StepList";
import { progressOf } from "@/features/airsenal/words";
import { Suggestion } from "@/features/reports/Suggestion";

export const Route = createFileRoute("/_app/airsenal/")({ component: Airsenal });

function Airsenal() {
  const status = useQuery(airsenalQuery);
  return (
    <>
      <PageHeader title="AIrsenal" tab="AIrsenal">
        <p>{status.data && headline(status.data)}</p>
      </PageHeader>
      {status.error && !status.data && <Failure error={status.error} title="The state of AIrsenal is not known" retry={() => void status.refetch()} />}
      {status.isPending && <Rows rows={7} height={64} />}
      {status.data && <Content status={status.data} />}
    </>
  );
}

function headline({ steps, guidance }: AirsenalStatus): string {
  if (steps.some(({ state }) => state === "to_do")) return "From nothing to a suggestion for your team. Nothing here changes the team itself.";
  if (guidance.length > 0) return "Set up, and something has moved on since.";
  if (steps.some(({ name, state }) => state === "failed" && name !== "login")) return "Set up, and a step failed.";
  return "All set up. Update, predict and optimise before each deadline.";
}

function Content({ status }: { status: AirsenalStatus }) {
  const { done, total } = progressOf(status.steps);
  const glance = status.version !== null && (
    <Section title="At a glance">
      <Glance status={status} />
      {status.database.exists && <Places />}
    </Section>
  );
  return (
    <>
      <GuidanceCards guidance={status.guidance} />
      <Suggestion />
      {status.next_step === null && glance}
      <Section title={status.next_step === null ? "Steps" : "Set up"} aside={<span className="muted num">{done} of {total} done</span>}>
        <StepList status={status} />
      </Section>
      {status.next_step !== null && glance}
    </>
  );
}
