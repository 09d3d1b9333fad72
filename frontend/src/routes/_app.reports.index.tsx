import { Button } from "@mantine/core";
import { IconArrowsDiff } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { createFileRoute, Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { reportPagesQuery } from "@/api/fplQueries";
import type { ReportType } from "@/api/types";
import { PageHeader } from "@/components/PageHeader";
import { Empty, ListFailure, Rows } from "@/components/PageStates";
import { MAKERS } from "@/features/reports/makers";
import { ReportList } from "@/features/reports/ReportList";
import classes from "@/features/reports/reports.module.css";
import { readHistorySearch, REPORT_TYPES } from "@/features/reports/search";
import { TYPES_WORDS } from "@/features/reports/words";
import { useHotkeys } from "@/lib/hotkeys";

export const Route = createFileRoute("/_app/reports/")({ validateSearch: readHistorySearch, component: Reports });

const PAIR = 2;

function Reports() {
  const { type } = Route.useSearch();
  const query = useInfiniteQuery(reportPagesQuery(type));
  const list = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const reports = [...new Map(query.data?.pages.flat().map((report) => [report.id, report])).values()];

  // A third one takes the place of the first: nobody has to hunt for what to unselect.
  const toggle = (id: string) => {
    setChosen((before) => (before.includes(id) ? before.filter((other) => other !== id) : [...before, id].slice(-PAIR)));
  };
  useRowKeys(list);
  return (
    <>
      <PageHeader
        title="Reports"
        tab="Reports"
        actions={
          <Button variant="default" leftSection={<IconArrowsDiff size={15} />} renderRoot={(props) => <Link to="/reports/compare" {...props} />}>
            Compare predictions
          </Button>
        }
      >
        <p>What came out of AIrsenal's jobs, in plain words.</p>
      </PageHeader>
      <nav className={classes.states} aria-label="Filter by kind">
        {[undefined, ...REPORT_TYPES].map((kind) => (
          <Link key={kind ?? "all"} to="/reports" search={{ type: kind }} activeOptions={{ exact: true }}>
            {kind === undefined ? "All" : TYPES_WORDS[kind]}
          </Link>
        ))}
      </nav>
      <ListFailure query={query} title="The reports cannot be read" />
      {query.isPending && <Rows rows={8} height={50} />}
      {query.data && reports.length === 0 && <NoReports type={type} />}
      <div ref={list}>{reports.length > 0 && <ReportList reports={reports} chosen={new Set(chosen)} onToggle={toggle} />}</div>
      {query.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
            Older reports
          </Button>
        </div>
      )}
      <CompareBar
        // In the order of time, whichever was chosen first.
        chosen={reports.filter(({ id }) => chosen.includes(id)).toSorted((a, b) => Date.parse(a.completed_at) - Date.parse(b.completed_at)).map(({ id }) => id)}
        onClear={() => {
          setChosen([]);
        }}
      />
    </>
  );
}

function CompareBar({ chosen, onClear }: { chosen: readonly string[]; onClear: () => void }) {
  const navigate = useNavigate();
  const [before, after] = chosen;
  return (
    <div className={classes.bar} role="region" aria-label="Chosen predictions" hidden={chosen.length === 0}>
      <span role="status">{after === undefined ? "Choose a second prediction to compare" : "2 predictions chosen"}</span>
      <Button
        size="xs"
        color="ink"
        disabled={after === undefined}
        leftSection={<IconArrowsDiff size={14} aria-hidden="true" />}
        onClick={() => void navigate({ to: "/reports/compare", search: { before, after } })}
      >
        Compare
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        Choose none
      </Button>
    </div>
  );
}

function useRowKeys(list: React.RefObject<HTMLDivElement | null>) {
  const move = (step: 1 | -1) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>("[data-report]") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step]?.focus();
  };
  useHotkeys([
    { keys: "j", label: "Next report", group: "This page", run: () => { move(1); } },
    { keys: "k", label: "Previous report", group: "This page", run: () => { move(-1); } },
  ]);
}

function NoReports({ type }: { type: ReportType | undefined }) {
  const { title, text, command, label } = MAKERS[type ?? "any"];
  return (
    <Empty
      title={title}
      action={
        <Link to="/commands/$id" params={{ id: command }} className="link">
          {label}
        </Link>
      }
    >
      {text}
    </Empty>
  );
}
