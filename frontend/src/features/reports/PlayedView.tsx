import { Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { playedQuery } from "@/api/fplQueries";
import type { Played, PlayedPlayer } from "@/api/types";
import { Empty, Failure, Rows } from "@/components/PageStates";
import { type Column, plain } from "./players";
import { PlayedPlot } from "./plots/PlayedPlot";
import classes from "./played.module.css";
import { PlayerName } from "./PlayerTable";
import { POSITIONS } from "./search";
import { SortableTable, type Sorting } from "./SortableTable";
import { formatPoints, formatSigned, gameweekWords } from "./words";

/** Predicted against actual. */
export function PlayedView({ id }: { id: string }) {
  const query = useQuery(playedQuery(id));
  if (query.error && !query.data) return <Failure error={query.error} title="What was played cannot be read" retry={() => void query.refetch()} />;
  if (!query.data) return <Rows rows={6} />;
  if (query.data.players.length === 0) {
    return <Empty title="No scores to set against it yet">{query.data.note ?? "Once its gameweeks are played and the database is updated, expected and real points stand here side by side."}</Empty>;
  }
  return <PlayedResults played={query.data} />;
}

const COLUMNS: Column<PlayedPlayer>[] = [
  { id: "player", label: "Player", numeric: false, value: ({ player }) => plain(player), first: "ascending" },
  { id: "position", label: "Pos", title: "Position", numeric: false, value: ({ position }) => POSITIONS.indexOf(position), first: "ascending", instead: true },
  { id: "club", label: "Club", numeric: false, value: ({ club }) => club, first: "ascending", instead: true },
  { id: "gameweek", label: "GW", title: "Gameweek", numeric: true, value: ({ gameweek }) => gameweek, first: "ascending" },
  { id: "expected", label: "Expected", numeric: true, value: ({ expected_points }) => expected_points, first: "descending", main: true },
  { id: "points", label: "Scored", numeric: true, value: ({ points }) => points, first: "descending", main: true },
  { id: "error", label: "Difference", title: "Scored minus expected", numeric: true, value: errorOf, first: "descending" },
  { id: "minutes", label: "Minutes", numeric: true, value: ({ minutes }) => minutes, first: "descending" },
];

function errorOf({ points, expected_points }: PlayedPlayer): number {
  return points - expected_points;
}

function cell(row: PlayedPlayer, { id }: Column<PlayedPlayer>) {
  switch (id) {
    case "player":
      return <PlayerName player={row} />;
    case "position":
      return row.position;
    case "club":
      return row.club ?? "–";
    case "gameweek":
      return row.gameweek;
    case "expected":
      return formatPoints(row.expected_points);
    case "points":
      return <b>{formatPoints(row.points, 0)}</b>;
    case "error":
      return formatSigned(errorOf(row));
    default:
      return row.minutes;
  }
}

function PlayedResults({ played }: { played: Played }) {
  const [everyone, setEveryone] = useState(false);
  const [sorting, setSorting] = useState<Sorting>({ id: "expected", direction: "descending" });
  const rows = useMemo(() => (everyone ? played.players : played.players.filter(({ minutes }) => minutes > 0)), [played, everyone]);
  const { mean_error: bias, mean_absolute_error: off } = played;
  return (
    <>
      {played.note && <p className={classes.note}>{played.note}</p>}
      <p className={classes.verdict}>{verdict(played)}</p>
      <dl className={classes.figures}>
        <div>
          <dt>Off by, on average</dt>
          <dd className="num">{off === null ? "–" : formatPoints(off)}</dd>
          <dd>points a player and gameweek, up or down</dd>
        </div>
        <div>
          <dt>Scored minus expected, on average</dt>
          <dd className="num">{bias === null ? "–" : formatSigned(bias)}</dd>
          <dd>{bias === null ? "" : `points: it expected ${leanWords(bias, "too much", "too little", "neither too much nor too little")}`}</dd>
        </div>
      </dl>
      <PlayedPlot players={rows} gameweeks={played.gameweeks} />
      <div className={classes.switch}>
        <Switch
          label="Those who did not play, too"
          checked={everyone}
          onChange={(event) => {
            setEveryone(event.currentTarget.checked);
          }}
        />
      </div>
      <SortableTable
        key={String(everyone)}
        caption={`Expected and scored points in ${gameweekWords(played.gameweeks)}`}
        columns={COLUMNS}
        rows={rows}
        rowKey={({ player_id, gameweek }) => `${player_id} ${gameweek}`}
        cell={cell}
        sorting={sorting}
        onSort={setSorting}
        none="Nobody of the prediction has played."
      />
    </>
  );
}

/** How good it was, in a sentence. */
export function verdict({ gameweeks, players, mean_error, mean_absolute_error }: Pick<Played, "gameweeks" | "players" | "mean_error" | "mean_absolute_error">): string {
  const played = players.filter(({ minutes }) => minutes > 0).length;
  const who = `Of ${played === 1 ? "1 player" : `${played} players`} who came on in ${gameweekWords(gameweeks)}`;
  if (mean_absolute_error === null || mean_error === null) return `${who}, no error can be told.`;
  const lean = leanWords(mean_error, "too high", "too low", "neither too high nor too low");
  return `${who}, the prediction was off by ${formatPoints(mean_absolute_error, 1)} points each on average; overall it was ${lean}.`;
}

function leanWords(error: number, high: string, low: string, neither: string): string {
  if (Number(Math.abs(error).toFixed(1)) === 0) return neither;
  return error < 0 ? high : low;
}
