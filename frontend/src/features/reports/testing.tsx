/** Builders of the reports' tests, and a small app around what they show. */
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import type { Change, OptimisationReport, PredictedPlayer, PredictionReport, ReportHead } from "@/api/types";

export function player(change: Partial<PredictedPlayer>): PredictedPlayer {
  return { rank: 1, player: "Saka", player_id: null, position: "MID", club: "ARS", price: 10, expected_points: 5, by_gameweek: {}, news: null, ...change };
}

export function change(fields: Partial<Change>): Change {
  return {
    player: "Saka", player_id: null, position: "MID", club: "ARS", points_before: 5, points_after: 6, difference: 1,
    price_before: 10, price_after: 10, news_before: null, news_after: null, reasons: [], ...fields,
  };
}

export function head(fields: Partial<ReportHead>): ReportHead {
  return {
    id: "r1", job_id: "0190a1b2-0000-7000-8000-000000000000", command: "predict", type: "prediction",
    completed_at: "2026-02-05T12:00:00Z", headline: "Saka leads.", state: "complete", not_understood_from: null,
    warnings: [], season: "2526", gameweeks: [25, 26], parameters: {}, tag: null, ...fields,
  };
}

const base = {
  generated_at: "2026-02-05T12:00:00Z", parameters: {}, headline: "Saka leads.", summary_text: "", state: "complete",
  not_understood_from: null, not_understood_text: "", parser: "airsenal.prediction 1", warnings: [], season: "2526",
  gameweeks: [25, 26],
} as const;

export function prediction(fields: Partial<PredictionReport>): PredictionReport {
  return { ...base, warnings: [], gameweeks: [25, 26], type: "prediction", tag: null, players: [], fixtures: {}, ...fields };
}

export function optimisation(fields: Partial<OptimisationReport>): OptimisationReport {
  return {
    ...base, warnings: [], gameweeks: [25, 26], type: "optimisation", tag: null, new_squad: false, transfers: [], captain: null,
    vice_captain: null, expected_points: null, baseline_points: null, best_points: null, points_gain: null,
    free_transfers: null, chip: null, hit: 0, bank: null, plan: [], starting_lineup: [], bench: [], strategies: null, team_id: null,
    seconds: null, ...fields,
  };
}

/** The network is where our code ends, so it is what a test plays: an answer for the beginning of an address. */
export function network(answers: Record<string, unknown>) {
  vi.stubGlobal("fetch", (request: Request) => {
    const { pathname, search } = new URL(request.url);
    const found = Object.entries(answers).find(([start]) => `${pathname}${search}`.startsWith(start));
    return Promise.resolve(Response.json(found ? found[1] : { message: "no such page" }, { status: found ? 200 : 404 }));
  });
}

/** Shows it at `/`, beside pages that its links can point to. */
export async function show(component: () => ReactNode) {
  const root = createRootRoute();
  const page = (path: string) => createRoute({ getParentRoute: () => root, path, component: () => <p>{path}</p> });
  const router = createRouter({
    routeTree: root.addChildren([
      createRoute({ getParentRoute: () => root, path: "/", component }),
      ...["/reports", "/reports/$id", "/reports/compare", "/jobs/$id", "/commands/$id", "/airsenal/apply/$command"].map(page),
    ]),
    history: createMemoryHistory(),
  });
  await router.load();
  return render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}
