import type { InfiniteData, InvalidateQueryFilters, Query, QueryClient } from "@tanstack/react-query";
import { REPORT_KEYS, TEAM_KEY } from "./fplQueries";
import { commandsQuery, hasEnded, JOB_KEYS, QUEUE_KEY, readinessQuery, secretsQuery } from "./queries";
import type { Job } from "./types";

export type Topic = "jobs" | "queue" | "secrets" | "airsenal";
export interface Change {
  /** Whole jobs, without log and output. */
  jobs: Omit<Job, "logs" | "output">[];
  topics: Topic[];
}

// A busy queue changes many times a second; the lists are read again at most this often: a handful of open pages must stay
// far from the limit of requests a minute.
const PAUSE = 2_000;
const LONG_LIST = 2;

/** Writes what the stream tells into every place that shows it, and has read anew what it does not tell whole. */
export function applyChanges(queryClient: QueryClient, { jobs, topics }: Change) {
  for (const job of jobs) applyJob(queryClient, job);
  const invalidate = (queryKey: readonly unknown[]) => {
    readAnew(queryClient, { queryKey });
  };
  if (topics.includes("queue")) {
    invalidate(QUEUE_KEY);
    invalidate(readinessQuery.queryKey);
  }
  if (topics.includes("secrets")) {
    invalidate(secretsQuery.queryKey);
    invalidate(commandsQuery.queryKey);
    // Its number may be another one now.
    invalidate(TEAM_KEY);
  }
  if (topics.includes("airsenal")) invalidate(["airsenal"]);
  if (topics.includes("jobs")) invalidate(JOB_KEYS.one);
  // A report is stored before the end of its job is told.
  const withReports = topics.includes("jobs") || jobs.some(({ status }) => hasEnded(status));
  if (jobs.length > 0 || topics.includes("jobs")) refreshLists(queryClient, withReports);
}

/**
 * A first read that is on its way may have been answered before the change. TanStack Query starts no second one beside it, so
 * that comes when it has ended.
 */
function readAnew(queryClient: QueryClient, filters: InvalidateQueryFilters) {
  const first = queryClient.getQueryCache().findAll({ queryKey: filters.queryKey, predicate: ({ state }) => state.data === undefined && state.fetchStatus === "fetching" });
  void queryClient.invalidateQueries(filters);
  for (const query of first) void query.promise?.then(() => queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true })).catch(() => undefined);
}

type Told = Change["jobs"][number];

/** A message may be older than what an answer told meanwhile: an end is final, and attempts only grow. */
function isOlder(told: Told, held: Job): boolean {
  return (hasEnded(held.status) && !hasEnded(told.status)) || told.attempts.length < held.attempts.length;
}

function merge(held: Job, told: Told): Job {
  if (held.id !== told.id || isOlder(told, held)) return held;
  const waits = told.status === "pending" && held.status === "pending";
  return { ...held, ...told, queue_position: waits ? held.queue_position : told.queue_position };
}

function applyJob(queryClient: QueryClient, told: Told) {
  queryClient.setQueryData<Job>([...JOB_KEYS.one, told.id], (job) => job && merge(job, told));
  queryClient.setQueriesData<Job[]>({ queryKey: [...JOB_KEYS.list, "first"] }, (jobs) => jobs?.map((job) => merge(job, told)));
  queryClient.setQueriesData<InfiniteData<Job[]>>({ queryKey: [...JOB_KEYS.list, "pages"] }, (data) =>
    data && { ...data, pages: data.pages.map((page) => page.map((job) => merge(job, told))) },
  );
  // The end has an output, and the next of its lane moves up: neither is part of the message.
  void queryClient.invalidateQueries({
    queryKey: JOB_KEYS.one,
    predicate: ({ state }) => {
      const job = state.data as Job | undefined;
      return job !== undefined && (job.id === told.id ? hasEnded(told.status) : job.status === "pending" && job.lane === told.lane);
    },
  });
}

interface Refresh {
  due?: ReturnType<typeof setTimeout>;
  withReports: boolean;
  last: number;
}

const refreshes = new WeakMap<QueryClient, Refresh>();

function refreshLists(queryClient: QueryClient, withReports: boolean) {
  const refresh = refreshes.get(queryClient) ?? { withReports: false, last: -PAUSE };
  refreshes.set(queryClient, refresh);
  refresh.withReports ||= withReports;
  refresh.due ??= setTimeout(
    () => {
      // Nobody looks at a hidden page; it reads anew when somebody does.
      const refetchType = document.visibilityState === "hidden" ? "none" : "active";
      readAnew(queryClient, { queryKey: JOB_KEYS.list, predicate: isShort, refetchType });
      readAnew(queryClient, { queryKey: JOB_KEYS.summary, refetchType });
      if (refresh.withReports) {
        void queryClient.invalidateQueries({ queryKey: REPORT_KEYS.list, predicate: isShort, refetchType });
        void queryClient.invalidateQueries({ queryKey: REPORT_KEYS.played, refetchType });
      }
      refreshes.set(queryClient, { withReports: false, last: performance.now() });
    },
    Math.max(50, refresh.last + PAUSE - performance.now()),
  );
}

/** A list of many pages would be read again page by page; what is in it is kept right by the messages alone. */
function isShort({ state }: Query): boolean {
  const data = state.data as Partial<InfiniteData<Job[]>> | undefined;
  return (data?.pages?.length ?? 0) <= LONG_LIST;
}
