import { notifyManager, QueryClient } from "@tanstack/react-query";
import { onRecovered } from "./connection";
import { ApiError } from "./errors";

// Told a timer later, as is usual, that something is being sent, a button could be pressed a second time before it is locked.
notifyManager.setScheduler(queueMicrotask);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      // A wrong request stays wrong; only an absent server is worth asking again. The connection probe does the long waiting.
      retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2,
      retryDelay: (attempt) => Math.min(4_000, 500 * 2 ** attempt),
      refetchOnWindowFocus: "always",
    },
    mutations: { retry: false },
  },
});

onRecovered(() => {
  void queryClient.invalidateQueries();
});
