import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { client } from "@/api/client";
import { ApiError } from "@/api/errors";
import type { Command, ParameterValues } from "@/api/types";

const PAUSE = 250;

/** The exact arguments the job would get, as the server builds them. Asked a moment after the last change. */
export function usePreview(command: Command, parameters: ParameterValues) {
  const text = JSON.stringify(parameters);
  const [settled] = useDebouncedValue(text, PAUSE);
  const query = useQuery({
    queryKey: ["preview", command.id, settled],
    queryFn: async ({ signal }) => {
      const { data } = await client.POST("/api/commands/{command_id}/preview", {
        params: { path: { command_id: command.id } },
        body: { parameters: JSON.parse(settled) as ParameterValues },
        signal,
      });
      return data?.argv ?? [];
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    // The parameters of a secret type are in the key: nothing of it is kept once the page is left.
    gcTime: 0,
    retry: false,
  });
  const invalid = query.error instanceof ApiError && query.error.status === 422 ? query.error.errors : [];
  return { argv: query.data, error: query.error, invalid, stale: settled !== text || query.isFetching };
}
