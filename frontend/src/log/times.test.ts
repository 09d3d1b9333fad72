import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LogTimes, TIMES_BLOCK, type TimesAnswer } from "./times";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function server() {
  const asked: number[] = [];
  const state: { marks: [number, number][]; end: number; down: boolean } = { marks: [[0, 1000], [50, 2000]], end: 100, down: false };
  const read = (from: number, limit: number): Promise<TimesAnswer> => {
    asked.push(from);
    if (state.down) return Promise.reject(new Error("away"));
    const next = Math.min(state.end, from + limit);
    return Promise.resolve({ next, marks: state.marks.filter(([byte]) => byte >= from && byte < next) });
  };
  const came = vi.fn();
  return { asked, state, came, times: new LogTimes(read, came, () => Date.now()) };
}

describe("LogTimes", () => {
  it("asks once, and tells the time of the mark a byte lies behind", async () => {
    const { times, asked, came } = server();
    expect([times.at(0), times.at(70)]).toEqual([null, null]);
    await vi.runAllTimersAsync();
    expect(came).toHaveBeenCalledOnce();
    expect([0, 49, 50, 99].map((byte) => times.at(byte))).toEqual([1000, 1000, 2000, 2000]);
    expect(asked).toEqual([0]);
  });

  it("asks again for the end of a log that grows, but not at once", async () => {
    const { times, asked, state } = server();
    times.at(0);
    await vi.runAllTimersAsync();
    expect(times.at(100)).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toHaveLength(1);
    state.end = 200;
    state.marks.push([100, 3000]);
    await vi.advanceTimersByTimeAsync(500);
    expect(times.at(150)).toBe(3000);
    expect(asked).toEqual([0, 0]);
  });

  it("asks for the part that is looked at only, a few parts at a time", async () => {
    const { times, asked } = server();
    for (let part = 0; part < 10; part++) times.at(part * TIMES_BLOCK);
    await vi.runAllTimersAsync();
    expect(asked).toEqual([0, TIMES_BLOCK, 2 * TIMES_BLOCK, 3 * TIMES_BLOCK]);
  });

  it("goes without while the console is away", async () => {
    const { times, asked, state } = server();
    state.down = true;
    times.at(0);
    await vi.runAllTimersAsync();
    expect(times.at(0)).toBeNull();
    state.down = false;
    await vi.advanceTimersByTimeAsync(4_000);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(times.at(0)).toBe(1000);
  });
});
