import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "./client";
import { eventsLive } from "./live";
import { BUSY_POLL, IDLE_POLL, LIVE_POLL, PAGE } from "./queries";
import type { paths } from "./schema";
import type { ApplyCommand, ReportType } from "./types";

/** AIrsenal's database and its copies. What changes them is told by the stream; the end of a job only by looking. */
export const databaseQuery = queryOptions({
  queryKey: ["airsenal", "database"],
  queryFn: async ({ signal }) => body(await client.GET("/api/airsenal/database", { signal })),
  refetchInterval: ({ state }) => (state.data?.busy ? BUSY_POLL : eventsLive() ? LIVE_POLL : IDLE_POLL),
});

export function restorePreviewQuery(id: string) {
  return queryOptions({
    queryKey: ["airsenal", "database", "copies", id],
    queryFn: async ({ signal }) =>
      body(await client.GET("/api/airsenal/database/copies/{copy_id}", { params: { path: { copy_id: id } }, signal })),
    // What is lost follows from both files, and either may have changed.
    gcTime: 0,
  });
}

/** How far AIrsenal is set up. Jobs and secrets move it; who changes one of them here has it read anew. */
export const airsenalQuery = queryOptions({
  queryKey: ["airsenal", "status"],
  queryFn: async ({ signal }) => body(await client.GET("/api/airsenal/status", { signal })),
  refetchInterval: ({ state }) => (state.data?.steps.some((step) => step.state === "running") === true ? IDLE_POLL : LIVE_POLL),
});

// The console asks the FPL API for a squad at most every two minutes.
const TEAM_POLL = 120_000;
export const TEAM_KEY = ["team"] as const;

export const teamQuery = queryOptions({
  queryKey: [...TEAM_KEY, "current"],
  queryFn: async ({ signal }) => body(await client.GET("/api/team/current", { signal })),
  staleTime: 60_000,
  refetchInterval: TEAM_POLL,
  // The console has tried several times already.
  retry: false,
});

export const deadlineQuery = queryOptions({
  queryKey: [...TEAM_KEY, "deadline"],
  queryFn: async ({ signal }) => body(await client.GET("/api/team/deadline", { signal })),
  staleTime: 60_000,
  refetchInterval: 5 * 60_000,
  retry: false,
});

export const REPORT_KEYS = { list: ["reports", "list"], one: ["reports", "one"], played: ["reports", "played"] } as const;
// Reports come with the end of a job, which the stream tells; this is for the time while the stream is away.
const reportPoll = () => (eventsLive() ? LIVE_POLL : 2 * IDLE_POLL);

/** The history of one kind of report or of all, newest first; the cursor is the end of the job of the last one. */
export function reportPagesQuery(type: ReportType | undefined) {
  return infiniteQueryOptions({
    queryKey: [...REPORT_KEYS.list, "pages", type ?? "all"],
    queryFn: async ({ pageParam, signal }) =>
      body(await client.GET("/api/reports", { params: { query: { type, before: pageParam, limit: PAGE } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.length >= PAGE ? last.at(-1)?.completed_at : undefined),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 2 ? false : reportPoll()),
    placeholderData: keepPreviousData,
  });
}

const CHOICES = 200;

/** To choose two from. */
export const predictionsQuery = queryOptions({
  queryKey: [...REPORT_KEYS.list, "predictions"],
  queryFn: async ({ signal }) =>
    body(await client.GET("/api/reports", { params: { query: { type: "prediction", limit: CHOICES } }, signal })),
  refetchInterval: reportPoll,
});

/** The head of the newest suggestion of transfers, if there is one. */
export const newestSuggestionQuery = queryOptions({
  queryKey: [...REPORT_KEYS.list, "newest-suggestion"],
  queryFn: async ({ signal }) =>
    body(await client.GET("/api/reports/newest", { signal })).optimisation,
  refetchInterval: reportPoll,
});

/** Written once, when its job ended. */
export function reportQuery(id: string) {
  return queryOptions({
    queryKey: [...REPORT_KEYS.one, id],
    queryFn: async ({ signal }) =>
      body(await client.GET("/api/reports/{report_id}", { params: { path: { report_id: id } }, signal })),
    staleTime: 60_000,
  });
}

/** Grows with the results that later updates bring. */
export function playedQuery(id: string) {
  return queryOptions({
    queryKey: [...REPORT_KEYS.played, id],
    queryFn: async ({ signal }) =>
      body(await client.GET("/api/reports/{report_id}/played", { params: { path: { report_id: id } }, signal })),
    staleTime: 60_000,
  });
}

export function comparisonQuery(before: string, after: string) {
  return queryOptions({
    queryKey: ["reports", "compare", before, after],
    queryFn: async ({ signal }) => body(await client.GET("/api/reports/compare", { params: { query: { before, after } }, signal })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

/** Those of one job: a pipeline has two. */
export function jobReportsQuery(jobId: string) {
  return queryOptions({
    queryKey: [...REPORT_KEYS.list, "job", jobId],
    queryFn: async ({ signal }) => body(await client.GET("/api/reports", { params: { query: { job_id: jobId } }, signal })),
  });
}

/** Looked at again while it is open: the deadline, the database and other jobs move. */
export function applyQuery(command: ApplyCommand) {
  return queryOptions({
    queryKey: ["airsenal", "apply", command],
    queryFn: async ({ signal }) => body(await client.GET("/api/airsenal/apply/{command}", { params: { path: { command } }, signal })),
    staleTime: 0,
    gcTime: 0,
    refetchInterval: 20_000,
  });
}

export type CostQuery = NonNullable<paths["/api/airsenal/search-cost"]["get"]["parameters"]["query"]>;

export function searchCostQuery(query: CostQuery) {
  return queryOptions({
    queryKey: ["airsenal", "search-cost", query],
    queryFn: async ({ signal }) => body(await client.GET("/api/airsenal/search-cost", { params: { query }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}
