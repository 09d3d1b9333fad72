import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { Command } from "@/api/types";
import { loadDraft } from "@/lib/drafts";
import { CommandForm } from "./CommandForm";
import { command, parameter } from "./testing";

interface Sent {
  path: string;
  body: Record<string, unknown>;
  key: string | null;
}

/** The network is where our code ends, so it is what the test plays. */
function network(answer: (sent: Sent) => Response): Sent[] {
  const log: Sent[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const sent = {
      path: new URL(request.url).pathname,
      body: (await request.json()) as Record<string, unknown>,
      key: request.headers.get("Idempotency-Key"),
    };
    log.push(sent);
    return sent.path.endsWith("/preview") ? json({ argv: ["/bin/optimize", "--weeks_ahead", "3"] }) : answer(sent);
  });
  return log;
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

async function show(shown: Command, found: () => Promise<unknown> = () => screen.findByRole("form")) {
  const root = createRootRoute();
  const router = createRouter({
    routeTree: root.addChildren([
      createRoute({ getParentRoute: () => root, path: "/", component: () => <CommandForm command={shown} from={null} /> }),
      createRoute({ getParentRoute: () => root, path: "/airsenal/apply/$command", component: () => <p>the review</p> }),
      createRoute({ getParentRoute: () => root, path: "/jobs/$id", component: () => <p>the job</p> }),
    ]),
    history: createMemoryHistory(),
  });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <MantineProvider>
      <QueryClientProvider client={queryClient}>
        {/* A little router of its own: the form only needs somewhere to go. */}
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await found();
}

const optimise = command([
  parameter({ name: "weeks_ahead", label: "Weeks ahead", type: "int", min: 1, max: 10, default: 3, help: "How far to look." }),
  parameter({ name: "wildcard_week", label: "Wildcard week", type: "int", min: 0, max: 38, not_given: -1 }),
  parameter({ name: "team_model", label: "Team model", type: "choice", choices: ["extended", "neutral"], default: "extended" }),
  parameter({ name: "allow_unused", label: "Allow unused", type: "bool", default: false }),
  parameter({ name: "token", label: "Token", type: "secret" }),
  parameter({ name: "note", label: "Note", type: "text", required: true }),
]);

const user = userEvent.setup();

describe("CommandForm", () => {
  it("draws each parameter by its type, with ranges, help and what an empty field means", async () => {
    network(() => json({}));
    await show(optimise);
    expect(screen.getByLabelText("Weeks ahead")).toHaveValue("3");
    expect(screen.getByLabelText("Weeks ahead")).toHaveAccessibleDescription("How far to look.");
    expect(screen.getByText("1 – 10")).toBeInTheDocument();
    expect(screen.getByLabelText("Wildcard week")).toHaveAttribute("placeholder", "not played");
    expect(screen.getByLabelText("Team model")).toHaveValue("extended");
    expect(screen.getByLabelText("Allow unused")).not.toBeChecked();
    expect(screen.getByLabelText("Token")).toHaveAttribute("type", "password");
    expect(screen.getByLabelText(/^Note/)).toBeRequired();
    expect(await screen.findByText("/bin/optimize")).toBeInTheDocument();
  });

  it("stops at a fault, says it beside the field and goes there", async () => {
    const sent = network(() => json({}));
    await show(optimise);
    await user.clear(screen.getByLabelText("Weeks ahead"));
    await user.type(screen.getByLabelText("Weeks ahead"), "44");
    await user.click(screen.getByRole("button", { name: "Run" }));
    expect(screen.getByText("The most is 10.")).toBeInTheDocument();
    expect(screen.getByText("This is needed.")).toBeInTheDocument();
    await waitFor(() => {
      expect(screen.getByLabelText("Weeks ahead")).toHaveFocus();
    });
    expect(sent.filter(({ path }) => path === "/api/jobs")).toEqual([]);
  });

  it("puts the server's faults beside their fields", async () => {
    network(() => json({ detail: "Some parameters are wrong", errors: [{ field: "parameters.wildcard_week", message: "Two chips in one week" }] }, 422));
    await show(optimise);
    await user.type(screen.getByLabelText(/^Note/), "x");
    await user.click(screen.getByRole("button", { name: "Run" }));
    expect(await screen.findByText("Two chips in one week")).toBeInTheDocument();
    await waitFor(() => {
      expect(screen.getByLabelText("Wildcard week")).toHaveFocus();
    });
  });

  it("runs with Ctrl+Enter, under one key for one set of values, and goes to the job", async () => {
    const id = "6f9619ff-8b86-4d01-b42d-00c04fc964ff";
    let fail = true;
    const sent = network(() => (fail ? json({ detail: "The database does not answer" }, 503) : json({ id }, 201)));
    await show(optimise);
    await user.type(screen.getByLabelText(/^Note/), "hello");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(await screen.findByText("The database does not answer")).toBeInTheDocument();
    fail = false;
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(await screen.findByText("the job")).toBeInTheDocument();
    const posts = sent.filter(({ path }) => path === "/api/jobs");
    expect(posts).toHaveLength(2);
    expect(posts[0]?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(posts[1]?.key).toBe(posts[0]?.key);
    expect(posts[1]?.body).toEqual({
      command: "optimize",
      parameters: { weeks_ahead: 3, team_model: "extended", allow_unused: false, note: "hello" },
    });
    expect(loadDraft("command:optimize")).toBeNull();
  });

  it("keeps a draft without its secrets", async () => {
    network(() => json({}));
    await show(optimise);
    await user.type(screen.getByLabelText(/^Note/), "draft");
    await user.type(screen.getByLabelText("Token"), "geheim");
    expect(loadDraft("command:optimize")).toMatchObject({ note: "draft" });
    expect(sessionStorage.getItem("draft:command:optimize")).not.toContain("geheim");
  });

  it("asks for the title before something that cannot be undone", async () => {
    const sent = network(() => json({ id: "6f9619ff-8b86-4d01-b42d-00c04fc964ff" }, 201));
    await show(command([], { id: "make_transfers", title: "Make the transfers", touches: "irreversible" }));
    const run = screen.getByRole("button", { name: "Make the transfers" });
    await user.click(run);
    expect(screen.getByText("Type “Make the transfers” as it is written.")).toBeInTheDocument();
    await user.type(screen.getByLabelText(/^Type/), "Make the transfers");
    await user.click(run);
    expect(await screen.findByText("the job")).toBeInTheDocument();
    expect(sent.find(({ path }) => path === "/api/jobs")?.body).toMatchObject({ confirm: "Make the transfers" });
  });

  it("sends nobody past the guard: there is a way to the review, and nothing to run", async () => {
    const shown = command([], { id: "make_transfers", title: "Make transfers", touches: "irreversible", guard: "airsenal.apply" });
    await show(shown, () => screen.findByRole("link", { name: "Review what would be sent" }));
    expect(screen.getByRole("link", { name: "Review what would be sent" })).toHaveAttribute("href", "/airsenal/apply/make_transfers");
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });

  it("does not run what cannot run", async () => {
    network(() => json({}));
    await show(command([], { available: false, unavailable_reason: "Set FPL_TEAM_ID first." }));
    expect(screen.getByRole("button", { name: "Run" })).toBeDisabled();
  });
});
