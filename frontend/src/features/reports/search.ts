import type { Position, ReportType } from "@/api/types";

export const REPORT_TYPES: readonly ReportType[] = ["prediction", "optimisation", "data_check", "database", "login"];
export const POSITIONS: readonly Position[] = ["GK", "DEF", "MID", "FWD"];
export const REPORT_TABS = ["players", "plots", "played"] as const;
export type ReportTab = (typeof REPORT_TABS)[number];

/** What the address of the history says. */
export interface HistorySearch {
  type?: ReportType | undefined;
}

/** What the address of a prediction says: the tab, what its table shows, and whom its plot shows. */
export interface ReportSearch extends PlayerFilter {
  tab?: ReportTab | undefined;
  sort?: string | undefined;
  direction?: Direction | undefined;
  /** Keys of the players of the plot. */
  chosen?: readonly string[] | undefined;
}

export interface PlayerFilter {
  /** Part of a name. */
  q?: string | undefined;
  position?: Position | undefined;
  club?: string | undefined;
  /** £m at most. */
  max?: number | undefined;
}

export type Direction = "ascending" | "descending";

export interface CompareSearch {
  before?: string | undefined;
  after?: string | undefined;
  q?: string | undefined;
  position?: Position | undefined;
}

const MOST_CHOSEN = 20;

export function readHistorySearch(search: Record<string, unknown>): HistorySearch {
  return { type: REPORT_TYPES.find((type) => type === search.type) };
}

export function readReportSearch(search: Record<string, unknown>): ReportSearch {
  return {
    tab: REPORT_TABS.find((tab) => tab === search.tab),
    ...readPlayerFilter(search),
    sort: text(search.sort),
    direction: search.direction === "ascending" || search.direction === "descending" ? search.direction : undefined,
    chosen: readChosen(search.chosen),
  };
}

export function readCompareSearch(search: Record<string, unknown>): CompareSearch {
  return { before: text(search.before), after: text(search.after), q: text(search.q), position: readPosition(search.position) };
}

function readPlayerFilter({ q, position, club, max }: Record<string, unknown>): PlayerFilter {
  return {
    q: text(q),
    position: readPosition(position),
    club: text(club),
    max: typeof max === "number" && Number.isFinite(max) && max > 0 ? max : undefined,
  };
}

function readPosition(value: unknown): Position | undefined {
  return POSITIONS.find((position) => position === value);
}

function readChosen(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = [...new Set(value.flatMap((key) => text(key) ?? []))].slice(0, MOST_CHOSEN);
  return found.length > 0 ? found : undefined;
}

/** The router reads `?q=123` as a number. */
function text(value: unknown): string | undefined {
  const found = typeof value === "number" ? String(value) : value;
  return typeof found === "string" && found.trim() !== "" ? found.slice(0, 100) : undefined;
}

export function isFiltered({ q, position, club, max }: PlayerFilter): boolean {
  return [q, position, club, max].some((value) => value !== undefined);
}
