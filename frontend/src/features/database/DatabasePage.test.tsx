import { MantineProvider } from "@mantine/core";
import { Notifications, notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { DatabaseCare, DatabaseState, KeptCopy, RestorePreview } from "@/api/types";
import { DatabasePage } from "./DatabasePage";

const COPY: KeptCopy = {
  id: "20260205T120000Z-update_db", made_at: "2026-02-05T12:00:00Z", bytes: 18_000_000, made_before: "update_db",
  job_id: "27b89d68-86da-4d40-8641-c5108446140e", season: "2526", next_gameweek: 24, predictions: 1, integrity: "ok",
};

function care(state: Partial<DatabaseState> = {}, rest: Partial<DatabaseCare> = {}): DatabaseCare {
  return {
    state: {
      exists: true, path: "DATA_DIR/airsenal-kept/data.db", bytes: 20_100_000, season: "2526", season_is_current: true, seasons: ["2425", "2526"],
      next_gameweek: 25, changed_at: "2026-02-05T13:00:00Z", updated_at: "2026-02-05T13:00:00Z", integrity: "ok", integrity_detail: null,
      checked_at: "2026-02-05T13:00:00Z", players: 801, predictions: 3, newest_tag: "x", player_scores_missing: false, ...state,
    },
    copies: [COPY],
    keep: 10,
    busy: false,
    ...rest,
  };
}

const PREVIEW: RestorePreview = { copy: COPY, lost: ["2 predictions, the newest for gameweeks 25 to 27."] };
type Answers = Record<string, () => Response>;

/** The network is where our code ends, so it is what the test plays. */
function network(answers: Answers): string[] {
  const sent: string[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    const name = `${request.method} ${new URL(request.url).pathname}`;
    sent.push(name);
    return Promise.resolve((answers[name] ?? (() => json([])))());
  });
  return sent;
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

const LOOK = "GET /api/airsenal/database";
const ASK = `GET /api/airsenal/database/copies/${COPY.id}`;
const RESTORE = "POST /api/airsenal/database/restore";

function Page() {
  const [restore, setRestore] = useState<string>();
  return <DatabasePage restore={restore} onRestore={setRestore} />;
}

function show() {
  const root = createRootRoute();
  const router = createRouter({
    routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: "/", component: Page })]),
    history: createMemoryHistory(),
  });
  render(
    <MantineProvider>
      <Notifications />
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

afterEach(() => {
  notifications.clean();
});

describe("the page of the database", () => {
  it("shows how it stands and what each copy holds", async () => {
    network({ [LOOK]: () => json(care()), "GET /api/commands": () => json([{ id: "update_db", title: "Update the database" }]) });
    show();
    expect(await screen.findByText("Whole")).toBeVisible();
    expect(screen.getByText("2025/26")).toBeVisible();
    expect(screen.getByText("DATA_DIR/airsenal-kept/data.db")).toBeVisible();
    const copies = screen.getByRole("list", { name: "Copies, newest first" });
    expect(await within(copies).findByText("Before Update the database")).toBeVisible();
    expect(within(copies).getByText(/Season 2025\/26, before gameweek 24, 1 prediction/)).toBeVisible();
  });

  it("asks with what is lost, restores, and says so", async () => {
    const after = care({ predictions: 1 }, { copies: [{ ...COPY, id: "20260205T140000Z-restore", made_before: "restore" }, COPY] });
    let restored = false;
    const sent = network({
      [LOOK]: () => json(restored ? after : care()),
      [ASK]: () => json(PREVIEW),
      [RESTORE]: () => {
        restored = true;
        return json(after);
      },
    });
    show();
    await userEvent.click(await screen.findByRole("button", { name: /^Restore the copy of/ }));
    const dialog = await screen.findByRole("dialog", { name: "Restore this copy?" });
    expect(await within(dialog).findByText("2 predictions, the newest for gameweeks 25 to 27.")).toBeInTheDocument();
    expect(sent).not.toContain(RESTORE);
    await userEvent.click(within(dialog).getByRole("button", { name: "Restore copy" }));
    expect(await screen.findByText(/The copy is restored/)).toBeInTheDocument();
    expect(await screen.findByText("Before a restore")).toBeInTheDocument();
    await waitFor(() => {
      expect(screen.queryByRole("dialog")).toBeNull();
    });
  });

  it("keeps the question open with the reason when nothing was restored", async () => {
    network({
      [LOOK]: () => json(care()),
      [ASK]: () => json({ ...PREVIEW, lost: [] }),
      [RESTORE]: () => json({ detail: "A job of AIrsenal is running." }, 409),
    });
    show();
    await userEvent.click(await screen.findByRole("button", { name: /^Restore the copy of/ }));
    const dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByText(/^Nothing is lost/)).toBeInTheDocument();
    await userEvent.click(within(dialog).getByRole("button", { name: "Restore copy" }));
    expect(await within(dialog).findByText(/A job of AIrsenal is running\./)).toBeInTheDocument();
  });

  it("restores nothing while a job runs, and says why", async () => {
    network({ [LOOK]: () => json(care({}, { busy: true })) });
    show();
    const button = await screen.findByRole("button", { name: /^Restore the copy of/ });
    expect(button).toBeDisabled();
    expect(button).toHaveAccessibleDescription(/A job of AIrsenal is running/);
  });

  it("says what to do about a damaged one", async () => {
    network({ [LOOK]: () => json(care({ integrity: "damaged", integrity_detail: "SQLite finds damage: page 7." })) });
    show();
    expect(await screen.findByText("Damaged")).toBeVisible();
    expect(screen.getByText(/SQLite finds damage: page 7\. Jobs are refused until a copy below is restored/)).toBeVisible();
  });

  it("leads to building it when there is none", async () => {
    network({ [LOOK]: () => json(care({ exists: false }, { copies: [] })) });
    show();
    expect(await screen.findByRole("link", { name: "Build the database" })).toHaveAttribute("href", "/commands/setup_db");
    expect(screen.queryByRole("button", { name: "Check now" })).toBeNull();
  });

  it.each([
    ["ok", "The database is whole.", "Whole"],
    ["damaged", "The database is damaged.", "Damaged"],
  ] as const)("checks on demand and shows the finding: %s", async (integrity, told, shown) => {
    network({
      [LOOK]: () => json(care({ integrity: "unknown", checked_at: null })),
      "POST /api/airsenal/database/check": () => json(care({ integrity })),
    });
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Check now" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(told);
    expect(screen.getByText(shown)).toBeVisible();
  });
});
