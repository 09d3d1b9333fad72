import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { body, client } from "@/api/client";

/** Ends the session and leaves nothing of it behind, drafts included. */
export function useSignOut() {
  const queryClient = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: async () => body(await client.POST("/api/auth/logout")),
    onSuccess: async () => {
      sessionStorage.clear();
      queryClient.clear();
      await router.navigate({ to: "/login" });
    },
  });
}
