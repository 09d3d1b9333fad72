import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { body, client, holdReads } from "@/api/client";

/** Ends the session and leaves nothing of it behind, drafts included. */
export function useSignOut() {
  const queryClient = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: async () => {
      const release = holdReads();
      try {
        body(await client.POST("/api/auth/logout"));
        sessionStorage.clear();
        queryClient.clear();
        await router.navigate({ to: "/login" });
      } finally {
        // The questions of the page that is gone are given up; after a failure those of the page that stays are asked.
        release();
      }
    },
  });
}
