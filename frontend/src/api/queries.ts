import { type InfiniteData, infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { body, client } from "./client";
import { ApiError } from "./errors";
import { eventsLive } from "./live";
import type { paths } from "./schema";
import type { ApplyCommand, Job, JobStatus, Readiness, ReportType } from "./types";

const ENDED: readonly JobStatus[] = ["completed", "failed", "cancelled"];
const BUSY_POLL = 2_000;
const IDLE_POLL = 5_000;
// The stream tells what this console does; another console on the same database is only seen by looking.
const LIVE_POLL = 30_000;

export function hasEnded(status: JobStatus): boolean {
  return ENDED.includes(status);
}

/** The stream of changes moves the lists; without it they are asked often while something moves, else rarely. */
function pollFor(jobs: readonly Job[] | undefined): number {
  if (eventsLive()) return LIVE_POLL;
  return jobs?.some((job) => !hasEnded(job.status)) === false ? IDLE_POLL : BUSY_POLL;
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => body(await client.GET("/api/auth/check", { signal })),
  staleTime: 60_000,
});

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: async ({ signal }) => body(await client.GET("/api/auth/setup", { signal })),
  staleTime: 0,
});

export const commandsQuery = queryOptions({
  queryKey: ["commands"],
  queryFn: async ({ signal }) => body(await client.GET("/api/commands", { signal })),
  staleTime: 15_000,
});

export const problemsQuery = queryOptions({
  queryKey: ["commands", "problems"],
  queryFn: async ({ signal }) => body(await client.GET("/api/commands/problems", { signal })),
  staleTime: 60_000,
});

export function commandQuery(id: string) {
  return queryOptions({
    queryKey: ["commands", "one", id],
    queryFn: async ({ signal }) =>
      body(await client.GET("/api/commands/{command_id}", { params: { path: { command_id: id } }, signal })),
    staleTime: 15_000,
  });
}

export const secretsQuery = queryOptions({
  queryKey: ["secrets"],
  queryFn: async ({ signal }) => body(await client.GET("/api/secrets", { signal })),
  staleTime: 10_000,
});

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

export const factorsQuery = queryOptions({
  queryKey: ["factors"],
  queryFn: async ({ signal }) => body(await client.GET("/api/auth/factors", { signal })),
  staleTime: 10_000,
});

export const passkeysQuery = queryOptions({
  queryKey: ["passkeys"],
  queryFn: async ({ signal }) => body(await client.GET("/api/auth/passkeys", { signal })),
  staleTime: 10_000,
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async ({ signal }) => body(await client.GET("/api/auth/sessions", { signal })),
  staleTime: 10_000,
});

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async ({ signal }) => body(await client.GET("/api/auth/tokens", { signal })),
  staleTime: 10_000,
});

export const JOB_KEYS = { all: ["jobs"], list: ["jobs", "list"], one: ["jobs", "one"], summary: ["jobs", "summary"] } as const;
export const QUEUE_KEY = ["queue"] as const;

/** As the server takes it; times are RFC 3339. */
export interface JobFilter {
  status?: JobStatus | undefined;
  command?: string | undefined;
  search?: string | undefined;
  created_from?: string | undefined;
  created_before?: string | undefined;
  ended_from?: string | undefined;
}

async function fetchJobs(filter: JobFilter, limit: number, before: string | undefined, signal: AbortSignal): Promise<Job[]> {
  return body(await client.GET("/api/jobs", { params: { query: { ...filter, limit, before } }, signal }));
}

export const PAGE = 50;

/** All jobs of a filter, page after page; a cursor (the last id seen) keeps pages in step while new jobs arrive. */
export function jobPagesQuery(filter: JobFilter) {
  return infiniteQueryOptions({
    queryKey: [...JOB_KEYS.list, "pages", filter],
    queryFn: ({ pageParam, signal }) => fetchJobs(filter, PAGE, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.length === PAGE ? last.at(-1)?.id : undefined),
    // Polling reads every loaded page again, so only short lists are polled; long ones follow on focus.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 2 ? false : pollFor(state.data?.pages[0])),
  });
}

export function jobsQuery(filter: JobFilter, limit: number) {
  return queryOptions({
    queryKey: [...JOB_KEYS.list, "first", filter, limit],
    queryFn: ({ signal }) => fetchJobs(filter, limit, undefined, signal),
    refetchInterval: ({ state }) => pollFor(state.data),
  });
}

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: [...JOB_KEYS.one, id],
    // The log comes through the viewer's own stream, so it is left out here.
    queryFn: async ({ signal }) =>
      body(await client.GET("/api/jobs/{job_id}", { params: { path: { job_id: id }, query: { logs: false } }, signal })),
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data.status) ? false : eventsLive() ? LIVE_POLL : BUSY_POLL),
  });
}

/** Counts, and how the jobs of each day ended; a day begins where the zone says. */
export function summaryQuery(timezone: string) {
  return queryOptions({
    queryKey: [...JOB_KEYS.summary, timezone],
    queryFn: async ({ signal }) => body(await client.GET("/api/jobs/summary", { params: { query: { timezone } }, signal })),
    refetchInterval: () => (eventsLive() ? LIVE_POLL : IDLE_POLL),
  });
}

export const queueQuery = queryOptions({
  queryKey: QUEUE_KEY,
  queryFn: async ({ signal }) => body(await client.GET("/api/queue", { signal })),
  refetchInterval: () => (eventsLive() ? LIVE_POLL : IDLE_POLL),
});

/** How far AIrsenal is set up. Jobs and secrets move it; who changes one of them here has it read anew. */
export const airsenalQuery = queryOptions({
  queryKey: ["airsenal", "status"],
  queryFn: async ({ signal }) => body(await client.GET("/api/airsenal/status", { signal })),
  refetchInterval: ({ state }) => (state.data?.steps.some((step) => step.state === "running") === true ? IDLE_POLL : LIVE_POLL),
});

export const retentionQuery = queryOptions({
  queryKey: ["settings", "retention"],
  queryFn: async ({ signal }) => body(await client.GET("/api/settings/retention", { signal })),
  staleTime: Infinity,
});

/** Writes what a stream or an action told us into every place that shows the job, without waiting for the next poll. */
export function patchJob(queryClient: QueryClient, id: string, change: Partial<Job>) {
  const patch = (job: Job): Job => (job.id === id ? { ...job, ...change } : job);
  queryClient.setQueryData<Job>([...JOB_KEYS.one, id], (job) => job && patch(job));
  queryClient.setQueriesData<Job[]>({ queryKey: [...JOB_KEYS.list, "first"] }, (jobs) => jobs?.map(patch));
  queryClient.setQueriesData<InfiniteData<Job[]>>({ queryKey: [...JOB_KEYS.list, "pages"] }, (data) =>
    data && { ...data, pages: data.pages.map((page) => page.map(patch)) },
  );
}

export const readinessQuery = queryOptions({
  queryKey: ["readiness"],
  // Not through the client: a 503 is an answer here, with the same body, and must not raise the banner by itself.
  queryFn: async ({ signal }): Promise<Readiness> => {
    const response = await fetch("/api/health/ready", { signal, cache: "no-store" });
    if (response.status !== 200 && response.status !== 503) throw new ApiError(response.status, "The console's health is not known.");
    return (await response.json()) as Readiness;
  },
  refetchInterval: 10_000,
});

export interface AuditQuery {
  kind?: string | undefined;
  who?: string | undefined;
  text?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

export function auditPagesQuery(filter: AuditQuery) {
  return infiniteQueryOptions({
    queryKey: ["audit", "pages", filter],
    queryFn: async ({ pageParam, signal }) =>
      body(await client.GET("/api/audit", { params: { query: { ...filter, limit: PAGE, before: pageParam } }, signal })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length === PAGE ? last.at(-1)?.sequence : undefined),
    placeholderData: keepPreviousData,
  });
}

/** Asked for by hand only: it looks through every row, a few seconds' worth with each request. */
export function auditCheckQuery(onProgress: (rows: number) => void) {
  return queryOptions({
    queryKey: ["audit", "check"],
    queryFn: async ({ signal }) => {
      let after: string | undefined;
      for (;;) {
        const state = body(await client.GET("/api/audit/check", { params: { query: { after } }, signal }));
        onProgress(state.rows);
        if (state.complete || !state.ok) return state;
        after = `${state.rows}:${state.head}`;
      }
    },
    enabled: false,
    gcTime: 0,
  });
}

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
    body(await client.GET("/api/reports", { params: { query: { type: "optimisation", limit: 1 } }, signal })).at(0) ?? null,
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
