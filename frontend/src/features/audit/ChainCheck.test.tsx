import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ChainButton, ChainResult, useChainCheck } from "./ChainCheck";

function Check() {
  const chain = useChainCheck();
  return (
    <>
      <ChainButton chain={chain} />
      <ChainResult chain={chain} />
    </>
  );
}

it("asks again until the end of the chain is reached, and says how far it came meanwhile", async () => {
  const asked: (string | null)[] = [];
  let goOn: (() => void) | undefined;
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(new URL(request.url).searchParams.get("after"));
    const complete = asked.length === 2;
    if (complete) await new Promise<void>((resolve) => (goOn = resolve));
    const state = { rows: asked.length * 400_000, head: "ab".repeat(32), ok: true, complete, broken_at: null, problem: null };
    return new Response(JSON.stringify(state), { headers: { "Content-Type": "application/json" } });
  });
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <Check />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Check the chain" }));
  expect(await screen.findByText("400,000 rows fit so far.")).toBeInTheDocument();
  expect(screen.queryByText(/All/)).not.toBeInTheDocument();
  goOn?.();
  expect(await screen.findByText(/All 800,000 rows fit together/)).toBeInTheDocument();
  expect(asked).toEqual([null, `400000:${"ab".repeat(32)}`]);
});
