import type { JobFilter } from "@/api/queries";
import type { JobStatus } from "@/api/types";
import { nextDay, startOfDay } from "@/lib/time";

/** What the address of the history says. */
export interface HistorySearch {
  status?: JobStatus | undefined;
  command?: string | undefined;
  /** Part of a command's title or id, or the beginning of a job's id. */
  q?: string | undefined;
  /** Submitted on that day, as `2026-11-21`, in the zone that times are shown in. */
  day?: string | undefined;
  /** Ended within the last … */
  ended?: "24h" | undefined;
}

const STATUSES: readonly JobStatus[] = ["pending", "running", "completed", "failed", "cancelled"];
const DAY = 24 * 60 * 60 * 1000;
// The moment is part of the query's name: rounded, it stays the same while somebody goes to a job and back.
const ROUND = 10 * 60 * 1000;

export function readSearch(search: Record<string, unknown>): HistorySearch {
  return {
    status: STATUSES.find((status) => status === search.status),
    command: text(search.command),
    q: text(search.q),
    day: typeof search.day === "string" && isDay(search.day) ? search.day : undefined,
    ended: search.ended === "24h" ? "24h" : undefined,
  };
}

/** The router reads `?q=123` as a number. */
function text(value: unknown): string | undefined {
  const found = typeof value === "number" ? String(value) : value;
  return typeof found === "string" && found.trim() !== "" ? found.slice(0, 100) : undefined;
}

function isDay(value: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`));
}

export function toFilter({ status, command, q, day, ended }: HistorySearch, now = Date.now()): JobFilter {
  return {
    status,
    command,
    search: q,
    created_from: day && startOfDay(day).toISOString(),
    created_before: day && startOfDay(nextDay(day)).toISOString(),
    ended_from: ended && new Date(Math.floor((now - DAY) / ROUND) * ROUND).toISOString(),
  };
}

export function isFiltered(search: HistorySearch): boolean {
  return Object.values(search).some((value) => value !== undefined);
}
