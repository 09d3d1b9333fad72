import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/api/client";
import { describeError } from "@/api/errors";
import { hasEnded, JOB_KEYS, patchJob } from "@/api/queries";
import type { Job, ParameterValues } from "@/api/types";
import { newKey } from "@/lib/key";

/** As the server shows a value that it keeps sealed. */
const HIDDEN = "***";

export function isCancellable(job: Job): boolean {
  return !hasEnded(job.status) && job.cancel_requested_at === null;
}

/** Not what changes the real team (its title has to be typed), and not what had a secret typed in (nobody can read it back). */
export function isRepeatable(job: Job): boolean {
  return hasEnded(job.status) && job.touches !== "irreversible" && !Object.values(job.parameters).includes(HIDDEN);
}

function jobs(count: number): string {
  return count === 1 ? "1 job" : `${count} jobs`;
}

/** Does the same to many jobs, one request each; says what worked, and of each that did not, why. */
function useEach(title: string, act: (job: Job) => Promise<unknown>, done: (count: number) => string, undo?: (job: Job) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (chosen: readonly Job[]) => {
      const results = await Promise.allSettled(chosen.map(act));
      const failed = results.flatMap((result, index) => (result.status === "rejected" ? [{ job: chosen[index], why: describeError(result.reason) }] : []));
      for (const { job } of failed) if (job) undo?.(job);
      if (failed.length < chosen.length) notifications.show({ message: done(chosen.length - failed.length) });
      if (failed.length > 0) {
        const reasons = failed.map(({ job, why }) => `${job?.title ?? ""}: ${why}`);
        notifications.show({ color: "red", title: `${title}: ${jobs(failed.length)}`, message: [...new Set(reasons)].join(" · "), autoClose: false });
      }
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: JOB_KEYS.all }),
  });
}

export function useBulkCancel() {
  const queryClient = useQueryClient();
  return useEach(
    "Not cancelled",
    (job) => {
      patchJob(queryClient, job.id, { cancel_requested_at: new Date().toISOString() });
      return client.POST("/api/jobs/{job_id}/cancel", { params: { path: { job_id: job.id } } });
    },
    (count) => `${jobs(count)} asked to stop.`,
    (job) => {
      patchJob(queryClient, job.id, { cancel_requested_at: job.cancel_requested_at });
    },
  );
}

export function useBulkRepeat() {
  return useEach(
    "Not run again",
    async ({ command, parameters }) =>
      body(await client.POST("/api/jobs", { body: { command, parameters: parameters as ParameterValues }, headers: { "Idempotency-Key": newKey() } })),
    (count) => `${jobs(count)} submitted again.`,
  );
}
