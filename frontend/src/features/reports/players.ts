import type { Change, PredictedPlayer } from "@/api/types";
import type { Direction, PlayerFilter } from "./search";

/** Short names repeat (two Neto), so a player without an id is told apart by the club. */
export function playerKey({ player, player_id, club }: Pick<PredictedPlayer, "player" | "player_id" | "club">): string {
  return player_id === null ? `${player} (${club ?? "?"})` : String(player_id);
}

/** Letters as they are typed: `joao` finds João, `odegaard` finds Ødegaard. */
export function plain(name: string): string {
  return name
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ø", "o")
    .replaceAll("ł", "l")
    .replaceAll("đ", "d")
    .replaceAll("ß", "ss")
    .replaceAll("æ", "ae");
}

type Filtered = Pick<PredictedPlayer, "player" | "position" | "club"> & { price?: number | null };

/** A player without a known price does not fit a price limit. */
export function filterPlayers<T extends Filtered>(players: readonly T[], { q, position, club, max }: PlayerFilter): T[] {
  const words = plain(q ?? "").split(/\s+/).filter(Boolean);
  return players.filter((player) => {
    if (position !== undefined && player.position !== position) return false;
    if (club !== undefined && player.club !== club) return false;
    if (max !== undefined && (player.price ?? Infinity) > max + 1e-9) return false;
    const name = plain(player.player);
    return words.every((word) => name.includes(word));
  });
}

export interface Column<T> {
  id: string;
  /** In the table's head. */
  label: string;
  /** For a screen reader and the tooltip, where the label is short. */
  title?: string;
  numeric: boolean;
  value: (row: T) => string | number | null;
  /** The way it is sorted at the first press. */
  first: Direction;
  /** Left out on a phone, where the first column says it. */
  instead?: true;
  /** Two at most: on a phone they stand beside the first column, and all others on lines of their own below. */
  main?: true;
}

const POSITION_ORDER = { GK: 0, DEF: 1, MID: 2, FWD: 3 } as const;
const PER_MILLION = "value";

export function playerColumns(gameweeks: readonly number[]): Column<PredictedPlayer>[] {
  return [
    { id: "player", label: "Player", numeric: false, value: ({ player }) => plain(player), first: "ascending" },
    { id: "position", label: "Pos", title: "Position", numeric: false, value: ({ position }) => POSITION_ORDER[position], first: "ascending", instead: true },
    { id: "club", label: "Club", numeric: false, value: ({ club }) => club, first: "ascending", instead: true },
    { id: "price", label: "Price", numeric: true, value: ({ price }) => price, first: "descending", main: true },
    { id: "points", label: "Points", title: "Expected points, all gameweeks", numeric: true, value: ({ expected_points }) => expected_points, first: "descending", main: true },
    ...gameweeks.map((gameweek): Column<PredictedPlayer> => ({
      id: `gw${gameweek}`,
      label: `GW${gameweek}`,
      title: `Expected points in gameweek ${gameweek}`,
      numeric: true,
      value: ({ by_gameweek }) => by_gameweek[gameweek] ?? null,
      first: "descending",
    })),
    { id: PER_MILLION, label: "Per £m", title: "Expected points per million pounds", numeric: true, value: perMillion, first: "descending" },
  ];
}

export function perMillion({ expected_points, price }: PredictedPlayer): number | null {
  return price === null || price <= 0 ? null : expected_points / price;
}

/** What is not known comes last, whichever way it is sorted; equal ones keep the order they came in. */
export function sortRows<T>(rows: readonly T[], { value }: Pick<Column<T>, "value">, direction: Direction): T[] {
  const sign = direction === "ascending" ? 1 : -1;
  return rows.toSorted((a, b) => {
    const left = value(a);
    const right = value(b);
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return left === right ? 0 : left < right ? -sign : sign;
  });
}

export function clubsOf(players: readonly Pick<PredictedPlayer, "club">[]): string[] {
  return [...new Set(players.flatMap(({ club }) => club ?? []))].toSorted();
}

// A difference below what is shown is none.
const SHOWN = 0.005;

export function riseAndFall(changes: readonly Change[]): { rose: Change[]; fell: Change[]; same: number } {
  const rose = changes.filter(({ difference }) => difference >= SHOWN).toSorted((a, b) => b.difference - a.difference);
  const fell = changes.filter(({ difference }) => difference <= -SHOWN).toSorted((a, b) => a.difference - b.difference);
  return { rose, fell, same: changes.length - rose.length - fell.length };
}

/** As the server gives them, or from the players of a log that does not say. */
export function gameweeksOf(gameweeks: readonly number[], players: readonly PredictedPlayer[]): number[] {
  if (gameweeks.length > 0) return [...gameweeks];
  return [...new Set(players.flatMap(({ by_gameweek }) => Object.keys(by_gameweek).map(Number)))].toSorted((a, b) => a - b);
}

/** Those with points of their own. A prediction that is known from the log only has sums and nothing else. */
export function splitGameweeks(gameweeks: readonly number[], players: readonly PredictedPlayer[]): number[] {
  return gameweeks.filter((gameweek) => players.some(({ by_gameweek }) => by_gameweek[gameweek] !== undefined));
}
