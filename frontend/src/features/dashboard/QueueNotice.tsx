import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerPause } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/api/client";
import { describeError } from "@/api/errors";
import { queueQuery } from "@/api/queries";
import { Notice } from "@/components/Notice";

/** Optimistic: the queue's state changes at once, and goes back with the reason when the console refuses. */
export function useQueueSwitch() {
  const queryClient = useQueryClient();
  const { queryKey } = queueQuery;
  return useMutation({
    mutationFn: async (drain: boolean) => body(await (drain ? client.POST("/api/queue/drain") : client.POST("/api/queue/resume"))),
    onMutate: (drain) => {
      const before = queryClient.getQueryData(queryKey);
      queryClient.setQueryData(queryKey, (state) => state && { ...state, draining: drain });
      return before;
    },
    onError: (error, drain, before) => {
      queryClient.setQueryData(queryKey, before);
      notifications.show({ color: "red", title: drain ? "The queue is not paused" : "The queue is not resumed", message: describeError(error), autoClose: false });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
}

/** Said where nobody can miss it: a paused queue looks like a broken one. */
export function QueueNotice() {
  const queue = useQuery(queueQuery).data;
  const change = useQueueSwitch();
  if (!queue?.draining) return null;
  return (
    <Notice
      role="status"
      icon={IconPlayerPause}
      spaced
      action={
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            change.mutate(false);
          }}
        >
          Resume
        </Button>
      }
    >
      <b>The queue is paused.</b> What runs goes on to its end; nothing new is started{queue.waiting > 0 ? `, and ${queue.waiting} wait` : ""}.
    </Notice>
  );
}
