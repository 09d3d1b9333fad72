import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { routeTree } from "@/routeTree.gen";

type Body = Record<string, unknown>;

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

/** The network is where our code ends, so it is what the test plays. */
function network(login: (body: Body) => Response): Body[] {
  const sent: Body[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/auth/setup") return json({ setup_needed: false });
    if (pathname !== "/api/auth/login") return json({ detail: "Not authenticated" }, 401);
    const body = (await request.json()) as Body;
    sent.push(body);
    return login(body);
  });
  return sent;
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

async function show() {
  open("/login");
  await user.type(await screen.findByLabelText("E-mail", undefined, LOADING), "a@example.org");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

const user = userEvent.setup();
// The page's code is read with the first test.
const LOADING = { timeout: 20_000 };
const needed = () => json({ detail: "The password is right.", code: "second_factor_needed" }, 401);

describe("the sign-in page", () => {
  it("asks for a code after the password, takes a pasted one, and keeps the password until then", async () => {
    const sent = network(({ otp }) => (otp === undefined ? needed() : json({ detail: "That code is not valid.", code: "second_factor_refused" }, 401)));
    await show();
    const code = await screen.findByLabelText("Code of your authenticator app");
    expect(code).toHaveFocus();
    expect(code).toHaveAttribute("autocomplete", "one-time-code");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    await user.paste("123 456");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("That code is not valid.");
    expect(sent[1]).toEqual({ email: "a@example.org", password: "correct horse", otp: "123 456" });
  });

  it("covers the password until it is asked to show it, and lets a password manager fill it in", async () => {
    network(needed);
    open("/login");
    const password = await screen.findByLabelText("Password", undefined, LOADING);
    expect(password).toHaveAttribute("type", "password");
    expect(password).toHaveAttribute("autocomplete", "current-password");
    expect(screen.getByLabelText("E-mail")).toHaveAttribute("autocomplete", "username");
    await user.click(password);
    await user.paste("from a password manager");
    expect(password).toHaveValue("from a password manager");
    await user.click(screen.getByRole("button", { name: "Show the password", hidden: true }));
    expect(password).toHaveAttribute("type", "text");
  });

  it.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])("does not lead to %s afterwards", async (to) => {
    network(needed);
    const router = open(`/login?to=${encodeURIComponent(to)}`);
    await screen.findByLabelText("Password", undefined, LOADING);
    expect(router.state.matches.at(-1)?.search).toEqual({});
  });

  it("offers a recovery code, and a way back", async () => {
    const sent = network(needed);
    await show();
    await user.click(await screen.findByRole("button", { name: "Use a recovery code" }));
    await user.type(screen.getByLabelText("Recovery code"), "ABCDEF-GHIJKL");
    await user.keyboard("{Enter}");
    expect(sent[1]).toMatchObject({ otp: "ABCDEF-GHIJKL" });
    await user.click(screen.getByRole("button", { name: "Back" }));
    expect(screen.getByLabelText("E-mail")).toBeInTheDocument();
  });

  it("counts down when there were too many tries", async () => {
    network(() => json({ detail: "Too many sign-in attempts." }, 429, { "Retry-After": "42" }));
    await show();
    expect(await screen.findByRole("alert")).toHaveTextContent(/Too many tries\. Wait 4\d s\./);
    expect(screen.getByRole("button", { name: /^Wait 4\d s$/ })).toBeDisabled();
  });
});
