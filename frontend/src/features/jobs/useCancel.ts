import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/api/client";
import { describeError } from "@/api/errors";
import { JOB_KEYS, patchJob } from "@/api/queries";
import type { Job } from "@/api/types";

/** Shows the job as cancelling at once; takes that back, with the reason, when the console refuses. `true` kills at once. */
export function useCancel(job: Job) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (force: boolean) =>
      body(await client.POST("/api/jobs/{job_id}/cancel", { params: { path: { job_id: job.id }, query: { force } } })),
    onMutate: () => {
      // An answer that is on its way still says "running".
      void queryClient.cancelQueries({ queryKey: [...JOB_KEYS.one, job.id] });
      patchJob(queryClient, job.id, { cancel_requested_at: job.cancel_requested_at ?? new Date().toISOString() });
      return { before: job.cancel_requested_at };
    },
    // What was before comes from `onMutate`: the job of a later render already shows the wish.
    onError: (error, _force, context) => {
      patchJob(queryClient, job.id, { cancel_requested_at: context?.before ?? null });
      notifications.show({ color: "red", title: "Not cancelled", message: describeError(error), autoClose: false });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: JOB_KEYS.all }),
  });
}
