import { type InfiniteData, QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { applyChanges, type Change } from "./changes";
import { reportPagesQuery } from "./fplQueries";
import { JOB_KEYS, jobPagesQuery, jobQuery, jobsQuery, patchJob, QUEUE_KEY } from "./queries";
import type { Job } from "./types";

function job(fields: Partial<Job>): Job {
  return { id: "a", command: "say", title: "Say", lane: "default", status: "pending", attempts: [], queue_position: 2, output: null, ...fields } as Job;
}

function told(fields: Partial<Job>): Change {
  return { jobs: [job({ queue_position: null, ...fields })], topics: [] };
}

function holding(...jobs: Job[]): QueryClient {
  const client = new QueryClient();
  for (const one of jobs) client.setQueryData(jobQuery(one.id).queryKey, one);
  client.setQueryData(jobsQuery({}, 30).queryKey, jobs);
  client.setQueryData<InfiniteData<Job[]>>([...JOB_KEYS.list, "pages", {}], { pages: [jobs], pageParams: [undefined] });
  return client;
}

const attempt = { number: 1 } as Job["attempts"][number];

const REPORTS = reportPagesQuery(undefined).queryKey;

describe("applyChanges", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it("writes a job's new state into every place that shows it", () => {
    const client = holding(job({}), job({ id: "b" }));
    applyChanges(client, told({ status: "running", attempts: [attempt] }));
    expect(client.getQueryData(jobQuery("a").queryKey)?.status).toBe("running");
    expect(client.getQueryData(jobsQuery({}, 30).queryKey)?.map(({ status }) => status)).toEqual(["running", "pending"]);
    const pages = client.getQueryData<InfiniteData<Job[]>>(jobPagesQuery({}).queryKey);
    expect(pages?.pages[0]?.[0]?.status).toBe("running");
  });

  it("keeps what the message does not tell", () => {
    const client = holding(job({}));
    applyChanges(client, told({ pinned: true }));
    expect(client.getQueryData(jobQuery("a").queryKey)).toMatchObject({ pinned: true, queue_position: 2 });
  });

  it("keeps the place in the queue, which the log's stream does not know either", () => {
    const client = holding(job({ queue_position: 7 }));
    patchJob(client, "a", { status: "pending", log_lines: 3, queue_position: null });
    expect(client.getQueryData(jobQuery("a").queryKey)).toMatchObject({ log_lines: 3, queue_position: 7 });
  });

  it("does not bring a finished job back to life with a late message", () => {
    const client = holding(job({ status: "completed", attempts: [attempt] }));
    applyChanges(client, told({ status: "running", attempts: [attempt] }));
    expect(client.getQueryData(jobQuery("a").queryKey)?.status).toBe("completed");
  });

  it("has read anew what moved without being told: the next of the lane, the lists, the queue", () => {
    const client = holding(job({}), job({ id: "b" }), job({ id: "c", lane: "other" }));
    client.setQueryData(QUEUE_KEY, {});
    applyChanges(client, { ...told({ status: "running", attempts: [attempt] }), topics: ["queue"] });
    vi.advanceTimersByTime(10_000);
    const old = (key: readonly unknown[]) => client.getQueryState(key)?.isInvalidated;
    expect([old(jobQuery("a").queryKey), old(jobQuery("b").queryKey), old(jobQuery("c").queryKey)]).toEqual([false, true, false]);
    expect(old(jobsQuery({}, 30).queryKey)).toBe(true);
    expect(old(QUEUE_KEY)).toBe(true);
  });

  it("reads once more what was on its way for the first time when the change was told", async () => {
    const client = new QueryClient();
    let answer = (_: string): void => undefined;
    const reads = vi.fn(() => new Promise<string>((resolve) => { answer = resolve; }));
    const stop = new QueryObserver(client, { queryKey: QUEUE_KEY, queryFn: reads }).subscribe(() => undefined);
    applyChanges(client, { jobs: [], topics: ["queue"] });
    answer("from before the change");
    await vi.waitFor(() => { expect(reads).toHaveBeenCalledTimes(2); });
    answer("new");
    await vi.waitFor(() => { expect(client.getQueryData(QUEUE_KEY)).toBe("new"); });
    stop();
  });

  it("has the reports read anew when a job has ended, and not before", () => {
    const client = holding(job({}));
    client.setQueryData(REPORTS, { pages: [[]], pageParams: [undefined] });
    applyChanges(client, told({ status: "running", attempts: [attempt] }));
    vi.advanceTimersByTime(10_000);
    expect(client.getQueryState(REPORTS)?.isInvalidated).toBe(false);
    applyChanges(client, told({ status: "completed", attempts: [attempt] }));
    vi.advanceTimersByTime(10_000);
    expect(client.getQueryState(REPORTS)?.isInvalidated).toBe(true);
  });
});
