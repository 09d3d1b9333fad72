import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Spoken, StreamPill } from "./LiveParts";
import type { StreamState } from "./protocol";
import type { LogView, Snapshot } from "./view";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** As much of a view as these parts look at; the real one needs a worker, which jsdom has not. */
function viewOf(rows: number, stream: StreamState) {
  const listeners = new Set<() => void>();
  let snapshot = { rows, bytes: 0, stream } as Snapshot;
  const view = {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot: () => snapshot,
  } as unknown as LogView;
  const change = (part: Partial<Snapshot>) => {
    act(() => {
      snapshot = { ...snapshot, ...part };
      for (const listener of listeners) listener();
    });
  };
  return { view, change };
}

it("says how far the log is every five seconds, however fast it grows", () => {
  const { view, change } = viewOf(0, { state: "live" });
  render(<Spoken view={view} />);
  const words = new Set<string>();
  for (let tick = 1; tick <= 100; tick++) {
    change({ rows: tick * 5_000 });
    act(() => {
      vi.advanceTimersByTime(100);
    });
    words.add(screen.getByRole("status").textContent);
  }
  expect([...words]).toEqual(["", "250,000 lines. Live.", "500,000 lines. Live."]);
});

it("shows where the connection stands", () => {
  const { view, change } = viewOf(0, { state: "live" });
  const { container } = render(<StreamPill view={view} />);
  expect(container).toHaveTextContent("Live");
  change({ stream: { state: "reconnecting", retryAt: Date.now() + 2_500 } });
  expect(container).toHaveTextContent("Reconnecting in 3 s");
  change({ stream: { state: "offline" } });
  expect(container).toHaveTextContent("Offline");
});
