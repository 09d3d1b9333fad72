import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { plainText } from "./ansi";
import { type ReadRaw, Tail } from "./tail";
import { bytesOf } from "./testing";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function logOf(lines: number): Uint8Array {
  return bytesOf(Array.from({ length: lines }, (_, number) => `line ${number} of the log\n`).join(""));
}

function rows(tail: Tail): string[] {
  const { table } = tail.model;
  return tail.model.text(0, table.count).split("\n").map(plainText);
}

describe("Tail", () => {
  it("is the end of a large log, in whole lines, at the bytes it has in the whole", async () => {
    const log = logOf(250_000);
    const read: ReadRaw = (from, limit) => Promise.resolve({ bytes: log.slice(from, from + limit), from, total: log.length });
    const tail = await Tail.of(read);
    expect(tail?.end).toBe(log.length);
    if (!tail) return;
    const shown = rows(tail);
    expect(shown.at(-1)).toBe("line 249999 of the log");
    expect(shown[0]).toMatch(/^line \d+ of the log$/);
    const start = tail.model.table.startOf(0);
    expect(new TextDecoder().decode(log.slice(start, start + 5))).toBe("line ");
  });

  it("is not needed for a small one", async () => {
    const log = logOf(100);
    expect(await Tail.of((from, limit) => Promise.resolve({ bytes: log.slice(from, from + limit), from, total: log.length }))).toBeNull();
  });

  it("grows with the log, once a second", async () => {
    let log = logOf(250_000);
    const read = vi.fn<ReadRaw>((from, limit) => Promise.resolve({ bytes: log.slice(from, from + limit), from, total: log.length }));
    const tail = await Tail.of(read);
    if (!tail) throw new Error("it is large");
    const came = vi.fn();
    log = logOf(250_002);
    tail.grow(came);
    expect(came).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_100);
    tail.grow(came);
    tail.grow(came);
    await vi.advanceTimersByTimeAsync(1);
    expect(came).toHaveBeenCalledOnce();
    expect(rows(tail).at(-1)).toBe("line 250001 of the log");
  });
});
