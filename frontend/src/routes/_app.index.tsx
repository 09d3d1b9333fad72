import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { hasEnded, jobsQuery, readinessQuery } from "@/api/queries";
import type { Job } from "@/api/types";
import { PageHeader, Section } from "@/components/PageHeader";
import { Empty, Failure, Rows } from "@/components/PageStates";
import { useNow } from "@/lib/useNow";
import { JobTable } from "@/features/jobs/JobTable";
import classes from "@/features/dashboard/dashboard.module.css";
import { Health } from "@/features/dashboard/Health";

export const Route = createFileRoute("/_app/")({ component: Dashboard });

const LATEST = 8;
const DAY = 24 * 60 * 60 * 1000;

function Dashboard() {
  const running = useQuery(jobsQuery({ status: "running" }, 20));
  const waiting = useQuery(jobsQuery({ status: "pending" }, 20));
  const failed = useQuery(jobsQuery({ status: "failed" }, 50));
  const recent = useQuery(jobsQuery({}, 30));
  const health = useQuery(readinessQuery);
  const since = useNow() - DAY;
  const failures = failed.data?.filter(({ completed_at }) => completed_at !== null && Date.parse(completed_at) > since);
  const active = [...(running.data ?? []), ...(waiting.data ?? [])];

  return (
    <>
      <PageHeader title="Dashboard" tab="Dashboard" />
      <dl className={classes.cards}>
        <Card label="Running now" search="running" value={count(running, running.data?.length, 20)} live={(running.data?.length ?? 0) > 0} />
        <Card label="Waiting" search="pending" value={count(waiting, waiting.data?.length, 20)} />
        <Card label="Failed in 24 hours" search="failed" value={count(failed, failures?.length, 50)} bad={(failures?.length ?? 0) > 0} />
        <Health query={health} />
      </dl>
      {active.length > 0 && (
        <Section title="Now">
          <JobTable jobs={active} label="Running and waiting jobs" />
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
  if (!query.data) return <Failure error={query.error} retry={() => void query.refetch()} />;
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
        Start with one of the System commands, or install AIrsenal: both are in the catalogue.
      </Empty>
    );
  }
  // Those that still run or wait are shown above.
  const ended = query.data.filter(({ status }) => hasEnded(status)).slice(0, LATEST);
  if (ended.length === 0) return <p className="muted">None has ended yet.</p>;
  return <JobTable jobs={ended} label="Latest jobs" />;
}

function count(query: UseQueryResult<Job[]>, value: number | undefined, most: number): ReactNode {
  if (query.isPending) return "…";
  if (value === undefined) return "?";
  return value >= most ? `${most}+` : value;
}

function Card({ label, value, search, live, bad }: { label: string; value: ReactNode; search: "running" | "pending" | "failed"; live?: boolean; bad?: boolean }) {
  return (
    <div className={classes.card} data-live={live === true ? true : undefined} data-bad={bad === true ? true : undefined}>
      <dt>
        <Link to="/jobs" search={{ status: search }}>
          {label}
        </Link>
      </dt>
      <dd className="num">{value}</dd>
    </div>
  );
}
