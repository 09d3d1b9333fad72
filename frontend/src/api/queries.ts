import { type InfiniteData, infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { body, client } from "./client";
import { ApiError } from "./errors";
import { eventsLive } from "./live";
import type { Job, JobStatus, Readiness } from "./types";

const ENDED: readonly JobStatus[] = ["completed", "failed", "cancelled"];
export const BUSY_POLL = 2_000;
export const IDLE_POLL = 5_000;
// The stream tells what this console does; another console on the same database is only seen by looking.
export const LIVE_POLL = 30_000;

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

export const retentionQuery = queryOptions({
  queryKey: ["settings", "retention"],
  queryFn: async ({ signal }) => body(await client.GET("/api/settings/retention", { signal })),
  staleTime: Infinity,
});

/**
 * Writes what a stream or an action told us into every place that shows the job, without waiting for the next poll. None of
 * them knows the place in the queue: their null must not make the last of seven the next.
 */
export function patchJob(queryClient: QueryClient, id: string, change: Partial<Job>) {
  const patch = (job: Job): Job => (job.id === id ? { ...job, ...change, queue_position: job.queue_position } : job);
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
