import { Button, Tabs } from "@mantine/core";
import { IconArrowsDiff, IconDownload } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import type { PredictionReport, StoredReport } from "@/api/types";
import { Empty, Rows } from "@/components/PageStates";
import { PlayedView } from "./PlayedView";
import { PlayerFilters } from "./PlayerFilters";
import { PlayerTable } from "./PlayerTable";
import { gameweeksOf } from "./players";
import { ReportHeader } from "./ReportHeader";
import classes from "./reports.module.css";
import { REPORT_TABS, type ReportSearch, type ReportTab } from "./search";

// The table is what somebody comes for; what the plots need beside it comes with their tab.
const PredictionPlots = lazy(() => import("./plots/PredictionPlots"));

const LABELS: Record<ReportTab, string> = { players: "Players", plots: "Plots", played: "Played" };

interface Props {
  stored: StoredReport;
  report: PredictionReport;
  search: ReportSearch;
  onChange: (part: ReportSearch) => void;
}

export function PredictionView({ stored, report, search, onChange }: Props) {
  const { id } = stored.head;
  const gameweeks = useMemo(() => gameweeksOf(report.gameweeks, report.players), [report]);
  const some = report.players.length > 0;
  return (
    <>
      <ReportHeader
        stored={stored}
        actions={
          some && (
            <>
              <Button variant="default" leftSection={<IconArrowsDiff size={15} />} renderRoot={(props) => <Link to="/reports/compare" search={{ after: id }} {...props} />}>
                Compare
              </Button>
              <Button component="a" variant="default" leftSection={<IconDownload size={15} />} href={`/api/reports/${encodeURIComponent(id)}/players.csv`} download>
                CSV
              </Button>
            </>
          )
        }
      />
      {!some && report.state === "complete" && <Empty title="No player is in this prediction">The job's log says what happened.</Empty>}
      {some && (
        <Tabs
          value={search.tab ?? "players"}
          onChange={(value) => {
            const tab = REPORT_TABS.find((name) => name === value);
            onChange({ tab: tab === "players" ? undefined : tab });
          }}
          keepMounted={false}
          classNames={{ root: classes.tabs, list: classes.tabList, tab: classes.tab }}
        >
          <Tabs.List>
            {REPORT_TABS.map((tab) => (
              <Tabs.Tab key={tab} value={tab}>
                {LABELS[tab]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="players">
            <Players report={report} gameweeks={gameweeks} search={search} onChange={onChange} />
          </Tabs.Panel>
          <Tabs.Panel value="plots">
            <Suspense fallback={<Rows rows={3} height={280} />}>
              <PredictionPlots players={report.players} gameweeks={gameweeks} chosen={search.chosen} onChange={onChange} />
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="played">
            <PlayedView id={id} />
          </Tabs.Panel>
        </Tabs>
      )}
    </>
  );
}

function Players({ report, gameweeks, search, onChange }: Omit<Props, "stored"> & { gameweeks: readonly number[] }) {
  const { q, position, club, max, sort = "points", direction = "descending" } = search;
  const filter = { q, position, club, max };
  return (
    <>
      <PlayerFilters
        players={report.players}
        filter={filter}
        onChange={(next) => {
          onChange({ q: undefined, position: undefined, club: undefined, max: undefined, ...next });
        }}
      />
      <PlayerTable
        players={report.players}
        gameweeks={gameweeks}
        filter={filter}
        sorting={{ id: sort, direction }}
        onSort={(sorting) => {
          onChange({ sort: sorting.id, direction: sorting.direction });
        }}
      />
    </>
  );
}
