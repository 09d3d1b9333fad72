import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { ApiError } from "@/api/errors";
import { deadlineQuery, teamQuery } from "@/api/fplQueries";
import type { CurrentTeam } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { PageHeader } from "@/components/PageHeader";
import { Rows } from "@/components/PageStates";
import { Pitch } from "@/features/pitch/Pitch";
import { Suggestion } from "@/features/reports/Suggestion";
import { DeadlineLine } from "@/features/team/Deadline";
import { PlayerTable } from "@/features/team/PlayerTable";
import classes from "@/features/team/team.module.css";
import { ChipNote, News, NoTeam, PredictionNote, StaleNotice, Summary } from "@/features/team/TeamNotes";
import { type Shown, toPitch } from "@/features/team/words";

interface Search {
  view?: "table" | undefined;
  /** Left out: expected points when there are any. */
  show?: Shown | undefined;
}

export const Route = createFileRoute("/_app/team")({
  validateSearch: (search: Record<string, unknown>): Search => ({
    view: search.view === "table" ? "table" : undefined,
    show: search.show === "points" || search.show === "expected" ? search.show : undefined,
  }),
  component: TeamPage,
});

function TeamPage() {
  const team = useQuery(teamQuery);
  const deadline = useQuery(deadlineQuery).data;
  const retry = () => void team.refetch();
  // What was read before stays in sight, unless the answer is that there is no such team.
  const gone = team.error instanceof ApiError && team.error.status === 404;
  const data = gone ? undefined : team.data;
  return (
    <>
      <PageHeader title="Team" tab="Team" actions={data && <ViewSwitch />}>
        {data && (
          <p>
            <b>{data.team_name}</b>
            {data.manager && ` of ${data.manager}`}, squad of {data.gameweek.name}. From FPL <TimeAgo time={data.fetched_at} />.
          </p>
        )}
      </PageHeader>
      <Suggestion />
      <div className={classes.page}>
        {deadline && <DeadlineLine gameweek={deadline.gameweek} />}
        {team.isPending && <Rows rows={5} height={72} />}
        {team.error && <NoTeam error={team.error} retry={retry} />}
        {data && (
          <>
            <StaleNotice team={data} retry={retry} busy={team.isFetching} />
            <Summary team={data} />
            <ChipNote team={data} />
            <Squad team={data} />
          </>
        )}
      </div>
    </>
  );
}

function ViewSwitch() {
  const { view } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return (
    <SegmentedControl
      aria-label="Show the squad as"
      size="sm"
      value={view ?? "pitch"}
      onChange={(value) => void navigate({ search: (search) => ({ ...search, view: value === "table" ? "table" : undefined }), replace: true, resetScroll: false })}
      data={[
        { value: "pitch", label: "Pitch" },
        { value: "table", label: "Table" },
      ]}
    />
  );
}

function Squad({ team }: { team: CurrentTeam }) {
  const { view, show } = Route.useSearch();
  const covered = team.prediction?.covers_next ?? false;
  const shown: Shown = covered ? (show ?? "expected") : "points";
  if (view === "table") {
    return (
      <>
        <PredictionNote team={team} />
        <PlayerTable team={team} />
      </>
    );
  }
  const words = shown === "expected" ? `expected points in ${team.next_gameweek?.name ?? ""}` : `points in ${team.gameweek.name}`;
  return (
    <>
      <div className={classes.bar}>
        {covered && <ShownSwitch team={team} shown={shown} />}
        {!covered && <p className={classes.note}>Below each name: {words}.</p>}
      </div>
      <PredictionNote team={team} />
      <div className={classes.squad}>
        <Pitch {...toPitch(team, shown)} label={`Squad of ${team.team_name} with ${words}`} />
        <News team={team} />
      </div>
    </>
  );
}

function ShownSwitch({ team, shown }: { team: CurrentTeam; shown: Shown }) {
  const navigate = useNavigate({ from: Route.fullPath });
  return (
    <SegmentedControl
      aria-label="Points below each name"
      size="xs"
      value={shown}
      onChange={(value) => void navigate({ search: (search) => ({ ...search, show: value === "points" ? "points" : undefined }), replace: true, resetScroll: false })}
      data={[
        { value: "expected", label: `Expected in GW${team.next_gameweek?.id ?? ""}` },
        { value: "points", label: `Points in GW${team.gameweek.id}` },
      ]}
    />
  );
}
