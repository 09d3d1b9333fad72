import { useMutation, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/api/client";
import { airsenalQuery } from "@/api/fplQueries";
import { commandsQuery, JOB_KEYS, jobQuery, secretsQuery } from "@/api/queries";
import type { ParameterValues } from "@/api/types";
import { newKey } from "@/lib/key";

interface Run {
  command: string;
  parameters?: ParameterValues;
}

/** Starts a job and stays on the page, which then shows how it goes. `onStarted` is called before it does. */
export function useRun(onStarted?: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ command, parameters = {} }: Run) =>
      body(await client.POST("/api/jobs", { body: { command, parameters }, headers: { "Idempotency-Key": newKey() } })),
    onSuccess: async (job) => {
      onStarted?.();
      queryClient.setQueryData(jobQuery(job.id).queryKey, job);
      void queryClient.invalidateQueries({ queryKey: JOB_KEYS.list });
      await queryClient.invalidateQueries({ queryKey: airsenalQuery.queryKey });
    },
  });
}

/** Saves secrets one after the other. What is old afterwards: their list, what the catalogue lacks, and the set-up. */
export function useSaveSecrets() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (secrets: readonly { key: string; value: string }[]) => {
      for (const secret of secrets) body(await client.POST("/api/secrets", { body: secret }));
    },
    onSettled: () =>
      Promise.all([airsenalQuery, secretsQuery, commandsQuery].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey }))),
  });
}
