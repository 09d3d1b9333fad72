import type { Attempt, Job, JobCause, Touches } from "@/api/types";

/** What a job looks like to a person: finer than `status`, because waiting for a retry and being stopped are not the same as their status. */
export type JobState = "waiting" | "retrying" | "running" | "cancelling" | "completed" | "failed" | "cancelled";

type StateOf = Pick<Job, "status" | "cancel_requested_at" | "next_attempt_at">;

export function jobState(job: StateOf): JobState {
  if (job.status === "pending") return job.cancel_requested_at ? "cancelling" : job.next_attempt_at ? "retrying" : "waiting";
  if (job.status === "running") return job.cancel_requested_at ? "cancelling" : "running";
  return job.status;
}

export const STATE_WORDS: Record<JobState, string> = {
  waiting: "Waiting",
  retrying: "Waiting to retry",
  running: "Running",
  cancelling: "Cancelling",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

export function attemptState({ ended_at, cause, exit_code }: Attempt): JobState {
  if (!ended_at) return "running";
  if (cause === "cancelled") return "cancelled";
  return cause === "exit_code" && exit_code === 0 ? "completed" : "failed";
}

const CAUSES: Record<JobCause, string> = {
  exit_code: "The program ended by itself",
  signal: "Ended by a signal",
  time_limit: "Stopped at its time limit",
  cancelled: "Cancelled",
  lost: "Lost: nobody saw how it ended",
  could_not_start: "Could not start",
  asked_for_input: "Asked for input that nobody can give",
  out_of_memory: "Ran out of memory",
  no_result: "Ended without a result",
};

/** Why it ended, in a few words; the server's own sentence (`error`) says more and stands beside it. */
export function causeWords(end: Pick<Attempt, "cause" | "exit_code" | "signal">): string | null {
  if (!end.cause) return null;
  if (end.cause === "exit_code" && typeof end.exit_code === "number") return `Exit code ${end.exit_code}`;
  if (end.cause === "signal" && typeof end.signal === "number") return `Ended by ${signalName(end.signal)}`;
  return CAUSES[end.cause];
}

const SIGNALS: Record<number, string> = {
  1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
  11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ",
};

export function signalName(signal: number): string {
  return SIGNALS[signal] ?? `signal ${signal}`;
}

export const TOUCHES_WORDS: Record<Touches, string> = {
  reads: "reads",
  writes: "writes the database",
  irreversible: "changes your real team",
};

export function shortId(id: string): string {
  return id.slice(0, 8);
}
