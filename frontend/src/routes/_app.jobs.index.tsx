import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useConnection } from "@/api/connection";
import { jobPagesQuery } from "@/api/queries";
import type { JobStatus } from "@/api/types";
import { PageHeader } from "@/components/PageHeader";
import { Empty, Failure, Rows } from "@/components/PageStates";
import { StatusIcon } from "@/components/StatusIcon";
import { JobTable } from "@/features/jobs/JobTable";
import classes from "@/features/jobs/jobs.module.css";
import { useHotkeys } from "@/lib/hotkeys";
import type { JobState } from "@/lib/jobWords";

const FILTERS: { status: JobStatus | undefined; label: string; icon: JobState | null }[] = [
  { status: undefined, label: "All", icon: null },
  { status: "running", label: "Running", icon: "running" },
  { status: "pending", label: "Waiting", icon: "waiting" },
  { status: "completed", label: "Completed", icon: "completed" },
  { status: "failed", label: "Failed", icon: "failed" },
  { status: "cancelled", label: "Cancelled", icon: "cancelled" },
];

function isStatus(value: unknown): value is JobStatus {
  return FILTERS.some(({ status }) => status !== undefined && status === value);
}

export const Route = createFileRoute("/_app/jobs/")({
  validateSearch: (search: Record<string, unknown>): { status?: JobStatus | undefined; command?: string | undefined } => ({
    status: isStatus(search.status) ? search.status : undefined,
    command: typeof search.command === "string" ? search.command : undefined,
  }),
  component: Jobs,
});

function Jobs() {
  const filter = Route.useSearch();
  const query = useInfiniteQuery(jobPagesQuery(filter));
  // While the banner says that the console is away, it need not be said again over a list that can still be read.
  const connection = useConnection();
  const list = useRef<HTMLDivElement>(null);
  const jobs = dropDoubles(query.data?.pages.flat() ?? []);
  const filtered = filter.status !== undefined || filter.command !== undefined;

  const move = (step: 1 | -1) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-job]") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step]?.focus();
  };
  useHotkeys([
    { keys: "j", label: "Next job", group: "This page", run: () => { move(1); } },
    { keys: "k", label: "Previous job", group: "This page", run: () => { move(-1); } },
  ]);

  return (
    <>
      <PageHeader title="Jobs" tab="Jobs" />
      <nav className={classes.filters} aria-label="Filter by state">
        {FILTERS.map(({ status, label, icon }) => (
          <Link key={label} to="/jobs" search={{ ...filter, status }} activeOptions={{ exact: true }}>
            {icon && <StatusIcon state={icon} size={14} />}
            {label}
          </Link>
        ))}
        {filter.command !== undefined && (
          <Link to="/jobs" search={{ status: filter.status }} aria-label={`Command ${filter.command}: remove this filter`}>
            <code>{filter.command}</code> ×
          </Link>
        )}
      </nav>
      {query.error && (jobs.length === 0 || connection.state === "online") && (
        <div className={classes.stale}>
          <Failure error={query.error} retry={() => void query.refetch()} title={jobs.length > 0 ? "This list may be old" : "The jobs cannot be read"} />
        </div>
      )}
      {query.isPending && <Rows rows={10} />}
      {query.data && jobs.length === 0 && (
        <Empty
          title={filtered ? "No job fits this filter" : "Nothing has run yet"}
          action={
            filtered ? (
              <Link to="/jobs" className="link">
                Show all jobs
              </Link>
            ) : (
              <Link to="/commands" className="link">
                Choose a command to run
              </Link>
            )
          }
        >
          {filtered ? undefined : "Every command you run appears here, with its log and how it ended."}
        </Empty>
      )}
      <div ref={list}>{jobs.length > 0 && <JobTable jobs={jobs} label="Jobs, newest first" />}</div>
      {query.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
            Older jobs
          </Button>
        </div>
      )}
    </>
  );
}

/** While pages are read one after the other a job may change its place; it is shown once. */
function dropDoubles<T extends { id: string }>(jobs: readonly T[]): T[] {
  return [...new Map(jobs.map((job) => [job.id, job])).values()];
}
