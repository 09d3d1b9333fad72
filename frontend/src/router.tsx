import { createRouter } from "@tanstack/react-router";
import { onSessionEnded } from "./api/client";
import { queryClient } from "./api/queryClient";
import { sessionQuery } from "./api/queries";
import { PageError, PageNotFound, PagePending } from "./components/PageStates";
import { routeTree } from "./routeTree.gen";

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: "intent",
  // Queries hold the data; the router must not keep an older copy beside them.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: PageNotFound,
  defaultPendingComponent: PagePending,
  defaultPendingMs: 150,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

onSessionEnded(() => {
  const { pathname, href } = router.state.location;
  if (pathname === "/login" || pathname === "/setup") return;
  // Nobody was signed in yet: the layout's own check sends to the sign-in, and no session has ended.
  if (!queryClient.getQueryData(sessionQuery.queryKey)) return;
  // What the last session saw is not for the next one. Forms keep their drafts in the session storage.
  queryClient.clear();
  void router.navigate({ to: "/login", search: { to: href, ended: true } });
});
