import { Button, MantineProvider, Modal } from "@mantine/core";
import { QueryClient, QueryClientProvider, useMutation } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { body, client } from "@/api/client";
import { StepUp } from "./StepUp";

/** As the dialogs of the pages are: its button is disabled while its request is under way. */
function Question() {
  const codes = useMutation({ mutationFn: async () => body(await client.POST("/api/auth/recovery-codes")) });
  return (
    <Modal opened onClose={() => undefined} title="New codes?">
      <Button loading={codes.isPending} onClick={() => { codes.mutate(); }}>
        Make new codes
      </Button>
      {codes.error && <p role="alert">{codes.error.message}</p>}
    </Modal>
  );
}

it("asks alone, and a cancelled question leaves the focus on the button that led to it", async () => {
  vi.stubGlobal("fetch", (request: Request) =>
    Promise.resolve(request.method === "GET" ? Response.json({ totp: false, passkeys: 0 }) : Response.json({ detail: "Confirm.", code: "step_up_needed" }, { status: 403 })),
  );
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <StepUp />
        <Question />
      </QueryClientProvider>
    </MantineProvider>,
  );
  const button = await screen.findByRole("button", { name: "Make new codes" });
  await userEvent.click(button);
  const password = await screen.findByLabelText("Password");
  // What hides every other dialog meanwhile is a rule of base.css.
  expect(document.documentElement).toHaveAttribute("data-asking");
  expect(password.closest(".mantine-Modal-root")).toHaveAttribute("data-confirm");
  expect(button.closest(".mantine-Modal-root")).not.toHaveAttribute("data-confirm");
  await userEvent.type(password, "{Escape}");
  expect(await screen.findByRole("alert")).toHaveTextContent("It was not confirmed");
  expect(document.documentElement).not.toHaveAttribute("data-asking");
  await waitFor(() => {
    expect(button).toHaveFocus();
  });
});
