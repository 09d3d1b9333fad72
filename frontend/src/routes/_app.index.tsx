import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import { hasEnded, jobsQuery, readinessQuery, summaryQuery } from "@/api/queries";
import type { Job, Summary } from "@/api/types";
import { PageHeader, Section } from "@/components/PageHeader";
import { Empty, ListFailure, Rows } from "@/components/PageStates";
import { JobTable } from "@/features/jobs/JobTable";
import classes from "@/features/dashboard/dashboard.module.css";
import { SetUpHint } from "@/features/airsenal/SetUpHint";
import { Health } from "@/features/dashboard/Health";
import { OutcomeStrip } from "@/features/dashboard/OutcomeStrip";
import { QueueNotice } from "@/features/dashboard/QueueNotice";
import { Suggestion } from "@/features/reports/Suggestion";
import { DeadlineCard } from "@/features/team/Deadline";
import type { HistorySearch } from "@/features/history/search";
import { formatCount, shownTimeZone } from "@/lib/time";

export const Route = createFileRoute("/_app/")({ component: Dashboard });

const LATEST = 8;
const SHOWN_NOW = 20;

function Dashboard() {
  const running = useQuery(jobsQuery({ status: "running" }, SHOWN_NOW));
  const waiting = useQuery(jobsQuery({ status: "pending" }, SHOWN_NOW));
  const recent = useQuery(jobsQuery({}, 30));
  const summary = useQuery(summaryQuery(shownTimeZone()));
  const health = useQuery(readinessQuery);
  const active = [...(running.data ?? []), ...(waiting.data ?? [])];

  return (
    <>
      <PageHeader title="Dashboard" tab="Dashboard" />
      <QueueNotice />
      <SetUpHint />
      <Suggestion />
      <dl className={classes.cards}>
        <Card label="Running now" search={{ status: "running" }} query={summary} count="running" tone="live" />
        <Card label="Waiting" search={{ status: "pending" }} query={summary} count="waiting" />
        <Card label="Failed in 24 hours" search={{ status: "failed", ended: "24h" }} query={summary} count="failed_in_24_hours" tone="bad" />
        <DeadlineCard />
        <Health query={health} />
      </dl>
      {active.length > 0 && (
        <Section title="Now">
          <JobTable jobs={active} label="Running and waiting jobs" />
        </Section>
      )}
      {summary.data && recent.data?.length !== 0 && (
        <Section title="Last 14 days">
          <OutcomeStrip days={summary.data.days} />
        </Section>
      )}
      <Section
        title="Latest jobs"
        aside={
          <Link to="/jobs" className="link">
            All jobs
          </Link>
        }
      >
        <Latest query={recent} />
      </Section>
    </>
  );
}

function Latest({ query }: { query: UseQueryResult<Job[]> }) {
  if (query.isPending) return <Rows rows={5} />;
  if (!query.data) return <ListFailure query={query} title="The jobs cannot be read" />;
  if (query.data.length === 0) {
    return (
      <Empty
        title="Nothing has run yet"
        action={
          <Link to="/commands" className="link">
            Choose a command to run
          </Link>
        }
      >
        Start with one of the System commands, or with those of AIrsenal: all are in the catalogue.
      </Empty>
    );
  }
  // Those that still run or wait are shown above.
  const ended = query.data.filter(({ status }) => hasEnded(status)).slice(0, LATEST);
  if (ended.length === 0) return <p className="muted">None has ended yet.</p>;
  return (
    <>
      <ListFailure query={query} title="The jobs cannot be read" />
      <JobTable jobs={ended} label="Latest jobs" />
    </>
  );
}

interface CardProps {
  label: string;
  search: HistorySearch;
  query: UseQueryResult<Summary>;
  count: "running" | "waiting" | "failed_in_24_hours";
  tone?: "live" | "bad";
}

function Card({ label, search, query, count, tone }: CardProps) {
  const value = query.data?.[count];
  return (
    <div className={classes.card} data-tone={value ? tone : undefined}>
      <dt>
        <Link to="/jobs" search={search}>
          {label}
        </Link>
      </dt>
      <dd className="num">{value !== undefined ? formatCount(value) : query.isPending ? "…" : "?"}</dd>
    </div>
  );
}
