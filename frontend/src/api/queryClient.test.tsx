import { QueryClientProvider, useMutation } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { queryClient } from "./queryClient";

it("locks a button before the second click of a double click can come", async () => {
  const send = vi.fn(() => new Promise<void>(() => undefined));
  function Send() {
    const sending = useMutation({ mutationFn: send });
    return <button type="button" disabled={sending.isPending} onClick={() => { sending.mutate(); }}>Send</button>;
  }
  render(<QueryClientProvider client={queryClient}><Send /></QueryClientProvider>);
  const button = screen.getByRole("button");
  // Between two events of a browser everything runs that was promised, and no timer need have.
  const promised = async () => {
    for (let step = 0; step < 50; step++) await Promise.resolve();
  };
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", false);
  button.click();
  await promised();
  button.click();
  await promised();
  expect(send).toHaveBeenCalledOnce();
});
