import { useMemo } from "react";
import type { PredictedPlayer } from "@/api/types";
import { type Column, filterPlayers, perMillion, playerColumns, playerKey, splitGameweeks } from "./players";
import classes from "./players.module.css";
import type { PlayerFilter } from "./search";
import { SortableTable, type Sorting } from "./SortableTable";
import { formatPoints, formatPrice, gameweekWords } from "./words";

interface Props {
  players: readonly PredictedPlayer[];
  gameweeks: readonly number[];
  filter: PlayerFilter;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
}

/** All players of a prediction, or those that fit the filter. */
export function PlayerTable({ players, gameweeks, filter, sorting, onSort }: Props) {
  const columns = useMemo(() => playerColumns(splitGameweeks(gameweeks, players)), [gameweeks, players]);
  const { q, position, club, max } = filter;
  const rows = useMemo(() => filterPlayers(players, { q, position, club, max }), [players, q, position, club, max]);
  const cell = useMemo(() => cellOf(players), [players]);
  return (
    <SortableTable
      // Another filter is another table: what was unfolded of the one before says nothing about it.
      key={JSON.stringify(filter)}
      caption={`Expected points of ${rows.length} players in ${gameweekWords(gameweeks)}`}
      columns={columns}
      rows={rows}
      rowKey={playerKey}
      cell={cell}
      sorting={sorting}
      onSort={onSort}
      none="No player fits these filters."
    />
  );
}

const SHADES = 4;

function cellOf(players: readonly PredictedPlayer[]) {
  const most = Math.max(0, ...players.flatMap(({ by_gameweek }) => Object.values(by_gameweek)));
  return (player: PredictedPlayer, { id }: Column<PredictedPlayer>) => {
    switch (id) {
      case "player":
        return <PlayerName player={player} />;
      case "position":
        return player.position;
      case "club":
        return player.club ?? <span className="muted">–</span>;
      case "price":
        return formatPrice(player.price);
      case "points":
        return <b>{formatPoints(player.expected_points)}</b>;
      case "value": {
        const value = perMillion(player);
        return value === null ? <span className="muted">–</span> : formatPoints(value);
      }
      default:
        return <Points points={player.by_gameweek[id.slice(2)]} most={most} />;
    }
  };
}

type Named = Pick<PredictedPlayer, "player" | "position" | "club"> & { news?: string | null };

export function PlayerName({ player: { player, position, club, news } }: { player: Named }) {
  return (
    <span className={classes.player}>
      <span className={classes.name}>{player}</span>
      {/* In place of the two columns that have no room on a phone. */}
      <span className={classes.where}>
        {position} · {club ?? "no club"}
      </span>
      {news && <span className={classes.news}>{news}</span>}
    </span>
  );
}

/** The tint only repeats the number, so that a good week is found at a glance. */
function Points({ points, most }: { points: number | undefined; most: number }) {
  if (points === undefined) return <span className="muted">–</span>;
  const shade = most > 0 ? Math.min(SHADES, Math.floor((Math.max(0, points) / most) * (SHADES + 1))) : 0;
  return (
    <span className={classes.points} data-shade={shade}>
      {formatPoints(points)}
    </span>
  );
}
