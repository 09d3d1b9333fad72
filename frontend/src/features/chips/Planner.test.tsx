import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { SearchCost } from "@/api/types";
import { command } from "@/features/commands/testing";
import { Planner } from "./Planner";

const SMALL: SearchCost = {
  strategies: 26, seconds: 220, seconds_per_strategy: 8.5, measured_from: "27b89d68-86da", squads: 0, problem: null, doubt: null, gameweeks: [25, 26, 27], free_transfers: 1, squads_measured_from: null, deadlines: [],
};

function json(body: unknown): Response {
  return new Response(JSON.stringify(body), { status: 200, headers: { "Content-Type": "application/json" } });
}

async function show(cost: (query: URLSearchParams) => SearchCost): Promise<unknown[]> {
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "GET") return json(cost(new URL(request.url).searchParams));
    sent.push(await request.json());
    return json({ id: "job-1" });
  });
  const root = createRootRoute();
  const router = createRouter({
    routeTree: root.addChildren([
      createRoute({ getParentRoute: () => root, path: "/", component: () => <Planner command={command([])} /> }),
      createRoute({ getParentRoute: () => root, path: "/jobs/$id", component: () => <p>the job</p> }),
      createRoute({ getParentRoute: () => root, path: "/commands/$id", component: () => <p>a command</p> }),
    ]),
    history: createMemoryHistory(),
  });
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await screen.findByRole("form", { name: "Plan a search" });
  return sent;
}

describe("the planner", () => {
  it("shows the cost, follows what is chosen, and starts exactly that", async () => {
    const sent = await show((query) => (query.get("wildcard") === "26" ? { ...SMALL, strategies: 10, squads: 9, seconds: 300 } : SMALL));
    expect(await screen.findByText("26 strategies")).toBeInTheDocument();
    expect(screen.getByText("about 3 min 40 s")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "27b89d68" })).toHaveAttribute("href", "/jobs/27b89d68-86da");
    await userEvent.selectOptions(screen.getByLabelText("Wildcard"), "In gameweek 26");
    expect(await screen.findByText("10 strategies")).toBeInTheDocument();
    expect(screen.getByText(/9 of them build a whole new squad/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Run this search" }));
    expect(await screen.findByText("the job")).toBeInTheDocument();
    expect(sent).toEqual([
      {
        command: "optimize",
        parameters: { weeks_ahead: 3, wildcard_week: 26, max_transfers: 2, max_hit: 8, allow_unused: false, num_thread: 2, num_iterations: 100 },
      },
    ]);
  });

  it("says what may be wrong with its result, and runs", async () => {
    await show(() => ({ ...SMALL, doubt: "Your team has one left for gameweek 26 only.", seconds: 4000 }));
    expect(await screen.findByText("Your team has one left for gameweek 26 only.")).toBeInTheDocument();
    expect(screen.getByText(/While it runs, nothing else of AIrsenal can/)).toBeInTheDocument();
    await waitFor(() => {
      expect(screen.getByRole("button", { name: "Run this search" })).toBeEnabled();
    });
  });

  it("says why a search cannot run, and does not start it", async () => {
    await show(() => ({ ...SMALL, problem: "There is no prediction yet. Predict 3 gameweeks first." }));
    expect(await screen.findByRole("alert")).toHaveTextContent("It cannot run like this. There is no prediction yet.");
    expect(screen.getByRole("link", { name: "Predict points" })).toHaveAttribute("href", "/commands/predict");
    await waitFor(() => {
      expect(screen.getByRole("button", { name: "Run this search" })).toBeDisabled();
    });
  });
});
