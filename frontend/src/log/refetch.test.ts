import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Refetch } from "./refetch";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("reads a block once, however many ask for it, and again when somebody asks later", async () => {
  const read: number[] = [];
  let done = 0;
  const blocks = new Refetch((start, length) => Promise.resolve(void read.push(start, length)), () => done++);
  await Promise.all([blocks.read({ start: 5, end: 9 }), blocks.read({ start: 5, end: 9 })]);
  expect(read).toEqual([5, 4]);
  await blocks.read({ start: 5, end: 9 });
  expect(read).toHaveLength(4);
  expect(done).toBe(2);
});

it("waits after a read that failed, so that a console that is away is not asked without end", async () => {
  let done = 0;
  const blocks = new Refetch(() => Promise.reject(new Error("away")), () => done++);
  const tried = blocks.read({ start: 0, end: 1 });
  await vi.advanceTimersByTimeAsync(1_900);
  expect(done).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  await tried;
  expect(done).toBe(1);
});
