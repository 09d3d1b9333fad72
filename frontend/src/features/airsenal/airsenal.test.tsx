import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRouter, RouterProvider } from "@tanstack/react-router";
import { configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { AirsenalStatus, Guidance, Job, SetUpStep } from "@/api/types";
import { routeTree } from "@/routeTree.gen";
import { lastLine } from "./RunningJob";
import { progressOf, readTeamId, seasonWords, type StepName, type StepState } from "./words";

// The first page shown loads its parts, which takes a while on a busy machine.
configure({ asyncUtilTimeout: 15_000 });
vi.setConfig({ testTimeout: 60_000 });
const JOB = "27b89d68-86da-4d40-8641-c5108446140e";
const COMMANDS: [StepName, string | null][] = [
  ["install", "airsenal_install"], ["team", null], ["login", "test_login"], ["database", "setup_db"], ["update", "update_db"],
  ["predict", "predict"], ["optimise", "optimize"],
];
const TITLES: Record<StepName, string> = {
  install: "Install AIrsenal", team: "Your team", login: "FPL login", database: "Build the database", update: "Update the data",
  predict: "Predict points", optimise: "Optimise transfers",
};

function status(states: Partial<Record<StepName, StepState>>, next: StepName | null, change: Partial<AirsenalStatus> = {}): AirsenalStatus {
  const steps = COMMANDS.map(([name, command]): SetUpStep => {
    const state = states[name] ?? (name === "login" ? "optional" : "done");
    return { name, title: TITLES[name], state, detail: `How ${name} stands.`, command, job_id: state === "running" || state === "failed" ? JOB : null, at: null };
  });
  const database = {
    exists: true, path: "DATA_DIR/data.db", bytes: 18_000_000, season: "2627", season_is_current: true, seasons: ["2627"], next_gameweek: 12,
    changed_at: null, updated_at: null, integrity: "ok", integrity_detail: null, checked_at: null, players: 700, predictions: 3,
    newest_tag: null, player_scores_missing: false,
  } as const;
  return {
    version: "1.17.0", wanted_version: "1.17.0", season: "2627", team: null, steps, next_step: next, guidance: [],
    database: { ...database, seasons: [...database.seasons] }, ...change,
  };
}

function json(body: unknown, code = 200): Response {
  return new Response(JSON.stringify(body), { status: code, headers: { "Content-Type": "application/json" } });
}

type Answers = Record<string, (request: Request) => Response | Promise<Response>>;

/** The network is where our code ends, so it is what the test plays. Returns what was sent to be changed. */
async function show(answer: AirsenalStatus, more: Answers = {}, path = "/airsenal") {
  const sent: { path: string; body: Record<string, unknown> }[] = [];
  vi.stubGlobal("WebSocket", class extends EventTarget { close() { return undefined; } });
  vi.stubGlobal("fetch", async (request: Request | string) => {
    if (typeof request === "string") return json({ ready: true, checks: {} });
    const { pathname } = new URL(request.url);
    if (request.method === "POST") sent.push({ path: pathname, body: (await request.clone().json()) as Record<string, unknown> });
    const found = more[`${request.method} ${pathname}`];
    if (found) return found(request);
    if (pathname === "/api/airsenal/status") return json(answer);
    if (pathname === "/api/auth/check") return json({ email: "a@example.org" });
    if (pathname === "/api/jobs/summary") return json({ running: 0, waiting: 0, failed_in_24_hours: 0, days: [] });
    if (pathname === "/api/queue") return json({ draining: false, running: [], waiting: 0, limit: 10 });
    return json(request.method === "POST" ? { success: true } : []);
  });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createRouter({ routeTree, context: { queryClient }, history: createMemoryHistory({ initialEntries: [path] }) });
  render(
    <MantineProvider>
      <Notifications />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await screen.findByRole("heading", { level: 1 });
  return sent;
}

const user = userEvent.setup();
const step = (name: StepName) => screen.findByRole("listitem", { name: TITLES[name] });
const job: Partial<Job> = { id: JOB, command: "setup_db", title: "Build the database", status: "running", completed_at: null, cancel_requested_at: null, next_attempt_at: null };

describe("the page that sets AIrsenal up", () => {
  it("offers the action of the next step alone, and starts it in place", async () => {
    const waiting: Partial<Record<StepName, StepState>> = { install: "to_do", team: "to_do", database: "to_do", update: "to_do", predict: "to_do", optimise: "to_do" };
    const sent = await show(status(waiting, "install", { version: null }), { "POST /api/jobs": () => json({ ...job, command: "airsenal_install" }) });
    const install = await step("install");
    expect(install).toHaveAttribute("aria-current", "step");
    expect(within(await step("predict")).queryByRole("button")).not.toBeInTheDocument();
    expect(screen.getByText("0 of 6 done")).toBeInTheDocument();
    await user.click(within(install).getByRole("button", { name: "Install AIrsenal" }));
    await waitFor(() => { expect(sent).toEqual([{ path: "/api/jobs", body: { command: "airsenal_install", parameters: {} } }]); });
    expect(install).toHaveFocus();
  });

  it("shows whose team it is before it is saved", async () => {
    const sent = await show(status({ team: "to_do" }, "team"), {
      "GET /api/team/find/742663": () => json({ team_id: 742663, name: "Expected Toulouse", manager: "Ada Lovelace", total_points: 1412, started_gameweek: 1 }),
      "GET /api/team/find/99": () => json({ detail: "The FPL site knows no team 99." }, 404),
    });
    const field = await screen.findByLabelText("Team id");
    await user.type(field, "my team{Enter}");
    expect(field).toHaveAccessibleDescription(/neither a number nor the address/);
    await user.clear(field);
    await user.type(field, "99{Enter}");
    await waitFor(() => { expect(field).toHaveAccessibleDescription(/The FPL site knows no team 99\./); });
    await user.clear(field);
    await user.click(field);
    await user.paste("https://fantasy.premierleague.com/entry/742663/event/5");
    await user.keyboard("{Enter}");
    expect(await screen.findByText("Expected Toulouse")).toBeInTheDocument();
    expect(screen.getByText(/Managed by Ada Lovelace, 1,412 points/)).toBeInTheDocument();
    expect(sent).toEqual([]);
    await user.click(screen.getByRole("button", { name: "This is my team" }));
    await waitFor(() => { expect(sent).toEqual([{ path: "/api/secrets", body: { key: "FPL_TEAM_ID", value: "742663" } }]); });
  });

  it("lets a team id be saved unchecked while the FPL site is away, and says why", async () => {
    const sent = await show(status({ team: "to_do" }, "team"), { "GET /api/team/find/5": () => json({ detail: "The FPL site does not answer.", request_id: "r" }, 502) });
    await user.type(await screen.findByLabelText("Team id"), "5{Enter}");
    expect(await screen.findByText("The FPL site does not answer.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Save 5 unchecked" }));
    await waitFor(() => { expect(sent).toHaveLength(1); });
  });

  it("does not offer to save what the absent console could not save either", async () => {
    await show(status({ team: "to_do" }, "team"), { "GET /api/team/find/5": () => Promise.reject(new TypeError("Failed to fetch")) });
    await user.type(await screen.findByLabelText("Team id"), "5{Enter}");
    expect(await screen.findByText("The team could not be looked up")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Save 5 unchecked" })).not.toBeInTheDocument();
  });

  it("stores a login without keeping it, and can go on without one", async () => {
    const sent = await show(status({ predict: "to_do" }, "predict"));
    await user.click(within(await step("login")).getByRole("button", { name: "Add a login: FPL login" }));
    await user.click(screen.getByRole("button", { name: "Go on without it" }));
    expect(screen.queryByLabelText("Its password")).not.toBeInTheDocument();
    // The button that had the focus is gone: the next Tab goes on from the step, not from the start of the page.
    expect(await step("login")).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Add a login: FPL login" }));
    await user.type(screen.getByLabelText("E-mail of your FPL account"), "ada@example.org");
    await user.type(screen.getByLabelText("Its password"), "the-password");
    await user.click(screen.getByRole("button", { name: "Store the login" }));
    await waitFor(() => {
      expect(sent.map(({ body }) => body)).toEqual([{ key: "FPL_PASSWORD", value: "the-password" }, { key: "FPL_LOGIN", value: "ada@example.org" }]);
    });
    expect(screen.queryByLabelText("Its password")).not.toBeInTheDocument();
    for (const storage of [sessionStorage, localStorage]) {
      expect(Object.keys(storage).map((key) => storage.getItem(key)).join()).not.toContain("the-password");
    }
  });

  it("stores nothing of a login whose password is refused", async () => {
    const refusal = { detail: "Invalid.", errors: [{ loc: ["body", "value"], msg: "must have at least 6 characters" }] };
    const sent = await show(status({ predict: "to_do" }, "predict"), { "POST /api/secrets": () => json(refusal, 422) });
    await user.click(within(await step("login")).getByRole("button", { name: "Add a login: FPL login" }));
    await user.type(screen.getByLabelText("E-mail of your FPL account"), "ada@example.org");
    await user.type(screen.getByLabelText("Its password"), "short{Enter}");
    expect(await screen.findByText("The login is not stored")).toBeInTheDocument();
    expect(sent.map(({ body }) => (body as { key: string }).key)).toEqual(["FPL_PASSWORD"]);
  });

  it("says beside no step, but in a message of its own, why a job was not accepted", async () => {
    await show(status({ login: "failed" }, null), { "POST /api/jobs": () => json({ detail: "Another one runs." }, 409) });
    const login = await step("login");
    await user.click(within(login).getByRole("button", { name: "Test the login" }));
    expect(await screen.findByText("Another one runs.")).toBeInTheDocument();
    expect(login).not.toHaveTextContent("Another one runs.");
  });

  it("tests a stored login, and says what became of it", async () => {
    const sent = await show(status({ login: "failed" }, null), { "POST /api/jobs": () => json(job) });
    const login = await step("login");
    expect(login).toHaveTextContent("How login stands.");
    expect(within(login).getByRole("link", { name: "Log of the job" })).toHaveAttribute("href", `/jobs/${JOB}`);
    await user.click(within(login).getByRole("button", { name: "Test the login" }));
    await waitFor(() => { expect(sent[0]?.body).toEqual({ command: "test_login", parameters: {} }); });
  });

  it.each([["to_do", {}], ["failed", { clean: true }]] as const)("builds the database from a step that is %s", async (state, clean) => {
    const empty = status({}, null).database;
    const sent = await show(status({ database: state }, "database", { database: { ...empty, exists: false, bytes: null } }), { "POST /api/jobs": () => json(job) });
    await user.selectOptions(await screen.findByLabelText("Past seasons"), "5");
    await user.click(screen.getByRole("button", { name: "Build the database" }));
    await waitFor(() => { expect(sent[0]?.body).toEqual({ command: "setup_db", parameters: { n_previous: 5, ...clean } }); });
  });

  it("shows how far the running step is and what it said last", async () => {
    const progress = { label: "Filling the season 2025/26", done: 2, total: 4, unit: "seasons", started_at: null, ends_at: null };
    await show(status({ database: "running" }, "database"), {
      [`GET /api/jobs/${JOB}`]: () => json({ ...job, started_at: new Date().toISOString(), progress }),
      [`GET /api/jobs/${JOB}/log`]: () => json({ lines: ["first", "  12%|█\r 50%|█████", ""] }),
    });
    const row = await step("database");
    expect(await within(row).findByRole("progressbar", { name: /Build the database: Filling the season/ })).toHaveAttribute("aria-valuetext", "2 of 4 seasons");
    expect(await within(row).findByText("50%|█████")).toBeInTheDocument();
    expect(within(row).queryByRole("button")).not.toBeInTheDocument();
  });

  it("tells the state at a glance when all is done, and what can be done again", async () => {
    const sent = await show(status({}, null), { "POST /api/jobs": () => json(job) });
    expect(await screen.findByText("2026/27")).toBeInTheDocument();
    expect(screen.getByText("gameweek 12 is next")).toBeInTheDocument();
    expect(screen.getByText("18 MB")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Update now" }));
    await waitFor(() => { expect(sent[0]?.body).toEqual({ command: "update_db", parameters: {} }); });
  });

  it("guides on when something has moved, and asks before it replaces anything", async () => {
    const guidance: Guidance = { kind: "new_season", title: "The season 2027/28 has begun", detail: "It has.", steps: ["Build it.", "Predict."], command: "setup_db", parameters: { clean: true } };
    const sent = await show(status({}, null, { guidance: [guidance] }), { "POST /api/jobs": () => json(job) });
    const card = await screen.findByRole("region", { name: guidance.title });
    expect(within(card).getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual(guidance.steps);
    await user.click(within(card).getByRole("button", { name: "Build the new season…" }));
    expect(sent).toEqual([]);
    await user.click(await screen.findByRole("button", { name: "Build the new season" }));
    await waitFor(() => { expect(sent[0]?.body).toEqual({ command: "setup_db", parameters: { clean: true } }); });
  });
});

describe("the offer on the dashboard", () => {
  it("counts what is done, and stays away once it was closed", async () => {
    await show(status({ predict: "to_do", optimise: "to_do" }, "predict"), {}, "/");
    const hint = await screen.findByRole("complementary", { name: "Set AIrsenal up" });
    expect(hint).toHaveTextContent("Set AIrsenal up: 4 of 6 done. Next: Predict points");
    await user.click(within(hint).getByRole("button", { name: "Do not show this again" }));
    expect(hint).not.toBeInTheDocument();
    expect(localStorage.getItem("console:setUpHint")).toBe("off");
  });
});

describe("small parts", () => {
  it("reads a team id from what people paste", () => {
    expect(["742663", " 742663 ", "https://fantasy.premierleague.com/entry/742663/event/5", "x/entry/7"].map(readTeamId)).toEqual([742663, 742663, 742663, 7]);
    expect(["", "0", "abc", "123456789", "/entry/12a/"].map(readTeamId)).toEqual([null, null, null, null, null]);
  });

  it("counts steps and writes seasons as people do", () => {
    expect(progressOf(status({ update: "attention", optimise: "failed" }, "optimise").steps)).toEqual({ done: 5, total: 6 });
    expect(seasonWords("2526")).toBe("2025/26");
  });

  it("finds the last row that says something", () => {
    expect(lastLine(["a", "\u001b[31mred\u001b[0m", "  \r"])).toBe("red");
    expect(lastLine(["", " "])).toBeNull();
  });
});
