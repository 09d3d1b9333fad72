import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRouter, RouterProvider } from "@tanstack/react-router";
import { configure, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CurrentTeam } from "@/api/types";
import { writePreference } from "@/lib/preferences";
import { routeTree } from "@/routeTree.gen";
import { TEAM, player } from "./testing";
import { doubtOf } from "./words";

// The first to open a page loads its part of the code, which takes seconds on a busy machine.
configure({ asyncUtilTimeout: 15_000 });
vi.setConfig({ testTimeout: 20_000 });
const user = userEvent.setup();

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

const SOON = new Date(Date.now() + 28 * 3_600_000 + 60_000).toISOString();

/** The network is where our code ends, so it is what the test plays. */
function network(team: () => Response, hasTeam = true): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (request: Request | string) => {
    const { pathname } = new URL(typeof request === "string" ? request : request.url, location.origin);
    asked.push(pathname);
    const answers: Record<string, () => Response> = {
      "/api/auth/check": () => json({ email: "a@example.org", authenticated: true }),
      "/api/team/current": team,
      "/api/team/deadline": () => json({ gameweek: { ...TEAM.next_gameweek, deadline: SOON }, season_state: "running", fetched_at: TEAM.fetched_at, stale: false }),
      "/api/secrets": () => json([{ key: "FPL_TEAM_ID", is_set: hasTeam }]),
    };
    return Promise.resolve(answers[pathname]?.() ?? json({ detail: "Not here." }, 404));
  });
  // The stream of changes is of no interest here.
  vi.stubGlobal("WebSocket", class extends EventTarget { close() { return undefined; } });
  return asked;
}

function open(address: string) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createRouter({ routeTree, context: { queryClient }, history: createMemoryHistory({ initialEntries: [address] }) });
  render(
    <MantineProvider>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return router;
}

const good = (change: Partial<CurrentTeam> = {}) => () => json({ ...TEAM, ...change });

beforeEach(() => {
  writePreference("timeZone", "UTC");
});

describe("the team page", () => {
  it("shows the squad on a pitch with expected points, and the points of the gameweek on request", async () => {
    network(good());
    const router = open("/team");
    const pitch = await screen.findByRole("group", { name: "Squad of AIrsenal with expected points in Gameweek 25" });
    expect(within(pitch).getByRole("button", { name: /Captain:.*Palmer.*3\.4/ })).toBeInTheDocument();
    expect(within(pitch).getByRole("button", { name: /Vice-captain:.*Haaland/ })).not.toHaveTextContent(/points/);
    expect(screen.getByRole("list", { name: "Injuries and news" })).toHaveTextContent("WiefferInjured, 0 % chance to play: Toe Injury - Unknown return date");
    expect(screen.getByText(/Expected points are from the prediction of/)).toHaveTextContent(/It has none for Haaland\.$/);
    await user.click(screen.getByRole("radio", { name: "Points in GW24" }));
    expect(within(await screen.findByRole("group", { name: /with points in Gameweek 24/ })).getByRole("button", { name: /Palmer.*12/ })).toBeInTheDocument();
    expect(router.state.location.search).toEqual({ show: "points" });
  });

  it("is a table as well, under an address of its own", async () => {
    network(good());
    open("/team?view=table");
    const table = await screen.findByRole("table");
    const row = within(table).getByRole("row", { name: /Palmer/ });
    expect(row).toHaveTextContent("Captain");
    expect(within(row).getAllByRole("cell").map((cell) => cell.textContent)).toEqual([
      "5.5", "4.8", "4.1", "12 (6 × 2)", "99", "3.4", "LIV (A) 4BRE (H) 2", "WOL (H) 1",
    ]);
    expect(within(table).getByRole("row", { name: /Gabriel/ })).toHaveTextContent("no match");
    expect(within(table).getByRole("row", { name: /Wieffer/ })).toHaveTextContent("Injured, 0 % chance to play: Toe Injury - Unknown return date");
    expect(screen.getByRole("region", { name: "Squad as a table" })).toHaveAttribute("tabindex", "0");
  });

  it("says how the entry stands, and the deadline in the chosen zone", async () => {
    network(good());
    open("/team");
    const summary = await screen.findByLabelText("At the deadline of Gameweek 24");
    expect(summary).toHaveTextContent("In the bank£2.8m");
    expect(summary).toHaveTextContent("Transfers made1, −4 points");
    const countdown = await screen.findByRole("timer");
    expect(countdown).toHaveTextContent(/^in 1 day 4 h$/);
    expect(countdown).toHaveAttribute("title", expect.stringContaining("UTC"));
  });

  it("marks an answer that is not fresh, with the reason", async () => {
    network(good({ stale: true, stale_reason: "The FPL API did not answer within 15 s. Nothing was changed." }));
    open("/team");
    const notice = await screen.findByText(/This is the last good answer, from/);
    expect(notice.closest("[role=status]")).toHaveTextContent("The FPL API did not answer within 15 s. Nothing was changed.");
    expect(screen.getByRole("button", { name: "Try again" })).toBeEnabled();
  });

  it.each([
    ["there is none yet", null, "No expected points: there is no prediction yet."],
    ["it is of other gameweeks", { ...TEAM.prediction, gameweeks: [22, 23, 24], covers_next: false }, "is for Gameweeks 22 to 24 and not for Gameweek 25."],
    ["it is of another season", { ...TEAM.prediction, gameweeks: [24, 25, 26], covers_next: false }, "is of another season."],
  ])("says why there are no expected points when %s", async (_, prediction, words) => {
    network(good({ prediction: prediction as CurrentTeam["prediction"] }));
    open("/team");
    expect(await screen.findByText((_text, element) => element?.tagName === "P" && (element.textContent.includes(words)))).toBeInTheDocument();
    expect(screen.getByText("Below each name: points in Gameweek 24.")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Predict points" })).toHaveAttribute("href", "/commands/predict");
  });

  it("warns that a free hit's squad is gone afterwards", async () => {
    network(good({ active_chip: "free_hit" }));
    open("/team");
    expect(await screen.findByText(/This squad is for one gameweek only/)).toBeInTheDocument();
  });

  it.each([
    ["no_team_id", 404, "FPL team ID not configured", "Which team is yours?", "Set the team's number"],
    ["no_such_team", 404, "FPL knows no team with the number 999.", "FPL knows no team with the number 999.", "Set another number"],
    ["no_squad_yet", 404, "The squad is not public before Gameweek 1 begins.", "The squad is not public before Gameweek 1 begins.", null],
    ["fpl_blocked", 502, "The FPL API refuses this machine (403).", "The FPL API refuses this machine (403).", null],
  ])("leads on from %s", async (code, status, detail, words, link) => {
    network(() => json({ detail, code }, status));
    open("/team");
    expect(await screen.findByText(words)).toBeInTheDocument();
    if (link) expect(screen.getByRole("link", { name: link })).toHaveAttribute("href", "/airsenal");
    if (status === 502) expect(screen.getByRole("button", { name: "Try again" })).toBeInTheDocument();
  });
});

describe("the deadline on the dashboard", () => {
  it("leads to the team", async () => {
    network(good());
    open("/");
    expect(await screen.findByRole("link", { name: "Deadline of Gameweek 25" })).toHaveAttribute("href", "/team");
    expect(screen.getByRole("timer")).toHaveTextContent("in 1 day 4 h");
  });

  it("is not there without a team, and then FPL is not asked", async () => {
    const asked = network(good(), false);
    open("/");
    await screen.findByRole("heading", { name: "Dashboard" });
    await vi.waitFor(() => {
      expect(asked).toContain("/api/secrets");
    });
    expect(screen.queryByRole("timer")).not.toBeInTheDocument();
    expect(asked).not.toContain("/api/team/deadline");
  });
});

describe("what may keep a player out", () => {
  it.each([
    [{}, null],
    [{ chance_of_playing: 100 }, null],
    [{ status: "doubtful" as const, chance_of_playing: 75, news: "Knock - 75% chance of playing" }, "Doubtful: Knock - 75% chance of playing"],
    [{ status: "suspended" as const, chance_of_playing: 0, news: "Suspended until 14 Feb" }, "Suspended, 0 % chance to play: Suspended until 14 Feb"],
    [{ chance_of_playing: 50 }, "May not play, 50 % chance to play"],
  ])("%j", (more, words) => {
    expect(doubtOf(player(1, "Raya", more))).toBe(words);
  });
});
