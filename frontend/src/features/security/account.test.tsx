import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { commandsQuery } from "@/api/queries";
import { AccountSection } from "./AccountSection";

it("signing out ends the questions of the page before the session, and empties what it knew", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.signal.aborted) throw request.signal.reason;
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    // Long enough that the page below would ask several times.
    if (request.method === "POST") await new Promise((resolve) => setTimeout(resolve, 150));
    return Response.json(request.url.endsWith("/check") ? { email: "ada@example.org" } : []);
  });
  function Page() {
    useQuery({ ...commandsQuery, refetchInterval: 20 });
    return <AccountSection />;
  }
  const root = createRootRoute();
  const routes = [
    createRoute({ getParentRoute: () => root, path: "/", component: Page }),
    createRoute({ getParentRoute: () => root, path: "/login", component: () => <p>Sign in</p> }),
  ];
  const router = createRouter({ routeTree: root.addChildren(routes), history: createMemoryHistory() });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <MantineProvider>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await screen.findByText("ada@example.org");
  sessionStorage.setItem("draft:x", "{}");
  await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
  expect(await screen.findByText("Sign in")).toBeInTheDocument();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked.at(-1)).toBe("POST /api/auth/logout");
  expect(sessionStorage).toHaveLength(0);
});
