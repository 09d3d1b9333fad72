import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { createFileRoute, Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { jobPagesQuery } from "@/api/queries";
import { PageHeader } from "@/components/PageHeader";
import { Empty, ListFailure, Rows } from "@/components/PageStates";
import { BulkBar } from "@/features/history/BulkBar";
import { FilterBar } from "@/features/history/FilterBar";
import classes from "@/features/history/history.module.css";
import { type HistorySearch, isFiltered, readSearch, toFilter } from "@/features/history/search";
import { JobTable } from "@/features/jobs/JobTable";
import { useHotkeys } from "@/lib/hotkeys";

export const Route = createFileRoute("/_app/jobs/")({ validateSearch: readSearch, component: Jobs });

function Jobs() {
  const search = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  const query = useInfiniteQuery(jobPagesQuery(toFilter(search)));
  const list = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const jobs = dropDoubles(query.data?.pages.flat() ?? []);

  const toggle = (id: string) => {
    setChosen((before) => (before.has(id) ? new Set([...before].filter((other) => other !== id)) : new Set([...before, id])));
  };
  const change = (next: HistorySearch) => void navigate({ search: next, replace: true, resetScroll: false });
  useRowKeys(list, toggle);

  return (
    <>
      <PageHeader title="Jobs" tab="Jobs" />
      <FilterBar search={search} onChange={change} />
      <ListFailure query={query} title="The jobs cannot be read" />
      {query.isPending && <Rows rows={10} />}
      {query.data && jobs.length === 0 && <NoJobs filtered={isFiltered(search)} />}
      <div ref={list}>{jobs.length > 0 && <JobTable jobs={jobs} label="Jobs, newest first" chosen={chosen} onToggle={toggle} />}</div>
      {query.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
            Older jobs
          </Button>
        </div>
      )}
      <BulkBar
        chosen={jobs.filter(({ id }) => chosen.has(id))}
        onClear={() => {
          setChosen(new Set());
        }}
      />
    </>
  );
}

function useRowKeys(list: React.RefObject<HTMLDivElement | null>, toggle: (id: string) => void) {
  const rows = () => [...(list.current?.querySelectorAll<HTMLElement>("[data-job]") ?? [])];
  const move = (step: 1 | -1) => {
    const all = rows();
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step]?.focus();
  };
  useHotkeys([
    { keys: "j", label: "Next job", group: "This page", run: () => { move(1); } },
    { keys: "k", label: "Previous job", group: "This page", run: () => { move(-1); } },
    {
      keys: "x",
      label: "Choose the job, or not",
      group: "This page",
      run: () => {
        const id = rows().find((row) => row === document.activeElement)?.dataset.job;
        if (id !== undefined) toggle(id);
      },
    },
  ]);
}

function NoJobs({ filtered }: { filtered: boolean }) {
  return (
    <Empty
      title={filtered ? "No job fits these filters" : "Nothing has run yet"}
      action={
        <Link to={filtered ? "/jobs" : "/commands"} className="link">
          {filtered ? "Clear filters and show all jobs" : "Choose a command to run"}
        </Link>
      }
    >
      {filtered ? undefined : "Every command you run appears here, with its log and how it ended."}
    </Empty>
  );
}

/** While pages are read one after the other a job may change its place; it is shown once. */
function dropDoubles<T extends { id: string }>(jobs: readonly T[]): T[] {
  return [...new Map(jobs.map((job) => [job.id, job])).values()];
}
