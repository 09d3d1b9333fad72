import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { applyQuery } from "@/api/fplQueries";
import type { ApplyPreview } from "@/api/types";
import { ApplyReview } from "./ApplyReview";
import { preview } from "./testing";
import { sorted, verdict } from "./words";

interface World {
  shown: ApplyPreview;
  sent: unknown[];
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

function Page() {
  const { data } = useQuery(applyQuery("make_transfers"));
  return data ? <ApplyReview preview={data} title="Make transfers" /> : <p>loading</p>;
}

/** The network is where our code ends, so it is what the test plays. */
async function show(shown: ApplyPreview, answer: (world: World) => Response = () => json({ id: "job-1" })): Promise<World> {
  const world: World = { shown, sent: [] };
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "GET") return json(request.url.endsWith("/commands") ? [] : world.shown);
    world.sent.push(await request.json());
    return answer(world);
  });
  const root = createRootRoute();
  const router = createRouter({
    routeTree: root.addChildren([
      createRoute({ getParentRoute: () => root, path: "/", component: Page }),
      createRoute({ getParentRoute: () => root, path: "/jobs/$id", component: () => <p>the job</p> }),
      createRoute({ getParentRoute: () => root, path: "/reports/$id", component: () => <p>the report</p> }),
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
  await screen.findByRole("heading", { name: "Checks" });
  return world;
}

const NAME = /Type your team's name/;

describe("the review of what is sent", () => {
  it("shows who goes and who comes as two lists, what it costs, and the line-up", async () => {
    await show(preview());
    const players = (name: string) => within(screen.getByRole("region", { name })).getAllByRole("listitem").map((item) => item.textContent);
    expect(players("Players out")).toEqual(["Foden (MCI)", "Keane (EVE)"]);
    expect(players("Players in")).toEqual(["B.Fernandes (MUN)", "J.Timber (ARS)"]);
    expect(screen.getByText("−4")).toBeInTheDocument();
    expect(screen.getByText("£1.5m")).toBeInTheDocument();
    expect(screen.getByRole("group", { name: "Line-up of Gameweek 25" })).toBeInTheDocument();
    expect(screen.getByText("Nothing stands in the way. Mind one thing.")).toBeInTheDocument();
  });

  it("sends the typed name and the fingerprint of what is shown, and goes to the job", async () => {
    const world = await show(preview());
    await userEvent.type(screen.getByLabelText(NAME), "AIrsenal FC");
    await userEvent.click(screen.getByRole("button", { name: "Make transfers" }));
    expect(await screen.findByText("the job")).toBeInTheDocument();
    expect(world.sent).toEqual([{ team_name: "AIrsenal FC", suggestion: "f".repeat(64) }]);
  });

  it("sends nothing with another name", async () => {
    const world = await show(preview());
    await userEvent.type(screen.getByLabelText(NAME), "airsenal fc{Enter}");
    expect(screen.getByText("Type “AIrsenal FC” as it is written.")).toBeInTheDocument();
    expect(screen.getByLabelText(NAME)).toHaveFocus();
    expect(world.sent).toEqual([]);
  });

  it("offers nothing to press while a check says stop", async () => {
    await show(preview({ allowed: false, checks: [{ name: "deadline", state: "stop", detail: "The deadline has passed." }] }));
    expect(screen.getByText("One thing stands in the way. Nothing can be sent.")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Make transfers" })).not.toBeInTheDocument();
  });

  it("leads to what is to be set first", async () => {
    const stop = (name: ApplyPreview["checks"][number]["name"], detail: string) => ({ name, state: "stop" as const, detail });
    await show(preview({ allowed: false, checks: [stop("team", "No team is chosen: set the secret FPL_TEAM_ID first."), stop("deadline", "It has passed.")] }));
    expect(screen.getByRole("link", { name: "FPL_TEAM_ID" })).toHaveAttribute("href", "/secrets?set=FPL_TEAM_ID");
    expect(screen.getAllByRole("link", { name: "Go to the set-up" }).map((link) => link.getAttribute("href"))).toEqual(["/airsenal"]);
  });

  it("shows the new suggestion, and asks for the name again, when it changed meanwhile", async () => {
    const detail = "Nothing was sent: what would be sent has changed since you looked at it. Review it again.";
    const world = await show(preview(), (world) => {
      world.shown = preview({ suggestion: "e".repeat(64), transfers_in: ["Rice (ARS)"] });
      return json({ detail }, 409);
    });
    await userEvent.type(screen.getByLabelText(NAME), "AIrsenal FC{Enter}");
    expect(await screen.findByText("What would be sent has changed since you opened this page.")).toBeInTheDocument();
    expect(screen.getByText("Rice (ARS)")).toBeInTheDocument();
    expect(screen.getByLabelText(NAME)).toHaveValue("");
    expect(world.sent).toHaveLength(1);
  });

  it("says where the line-up comes from when none is known", async () => {
    await show(preview({ command: "set_lineup", starting_lineup: [], bench: [], transfers_in: [], transfers_out: [], hit: null, bank: null }));
    expect(screen.getByText(/AIrsenal chooses the line-up when it runs/)).toBeInTheDocument();
    expect(screen.getByText(/Which they are is not known before AIrsenal runs/)).toBeInTheDocument();
    expect(screen.queryByRole("region", { name: "Players out" })).not.toBeInTheDocument();
  });
});

describe("the checks", () => {
  it("stand with the worst first, and are summed up", () => {
    const checks: ApplyPreview["checks"] = [
      { name: "team", state: "ok", detail: "" },
      { name: "chip", state: "stop", detail: "" },
      { name: "hit", state: "warning", detail: "" },
      { name: "lane", state: "stop", detail: "" },
    ];
    expect(sorted(checks).map(({ name }) => name)).toEqual(["chip", "lane", "hit", "team"]);
    expect(verdict({ allowed: false, checks })).toBe("2 things stand in the way. Nothing can be sent.");
    expect(verdict({ allowed: true, checks: checks.slice(0, 1) })).toBe("Nothing stands in the way.");
  });
});
