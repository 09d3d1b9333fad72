import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { airsenalQuery } from "@/api/queries";
import type { AirsenalStatus } from "@/api/types";
import { PageHeader, Section } from "@/components/PageHeader";
import { Failure, Rows } from "@/components/PageStates";
import { Glance, Places } from "@/features/airsenal/Glance";
import { GuidanceCards } from "@/features/airsenal/GuidanceCards";
import { StepList } from "@/features/airsenal/StepList";
import { progressOf } from "@/features/airsenal/words";

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

function headline({ next_step, guidance }: AirsenalStatus): string {
  if (next_step !== null) return "From nothing to a suggestion for your team. Nothing here changes the team itself.";
  return guidance.length > 0 ? "Set up, and something has moved on since." : "All set up. Update, predict and optimise before each deadline.";
}

function Content({ status }: { status: AirsenalStatus }) {
  const { done, total } = progressOf(status.steps);
  const glance = status.version !== null && (
    <Section title="At a glance">
      <Glance status={status} />
      <Places />
    </Section>
  );
  return (
    <>
      <GuidanceCards guidance={status.guidance} />
      {status.next_step === null && glance}
      <Section title={status.next_step === null ? "Steps" : "Set up"} aside={<span className="muted num">{done} of {total} done</span>}>
        <StepList status={status} />
      </Section>
      {status.next_step !== null && glance}
    </>
  );
}
