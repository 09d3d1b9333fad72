import { describe, expect, it } from "vitest";
import { BLOCK, ByteStore } from "./bytes";

function filled(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 255);
}

describe("ByteStore", () => {
  it("gives back what it took, within and across blocks", () => {
    const store = new ByteStore();
    const all = filled(2 * BLOCK + 1000);
    for (let at = 0; at < all.length; at += 70_001) store.append(all.subarray(at, at + 70_001));
    expect(store.end).toBe(all.length);
    expect(store.slice(BLOCK - 5, BLOCK + 5)).toEqual(all.slice(BLOCK - 5, BLOCK + 5));
    expect(store.slice(3, 3)).toEqual(new Uint8Array(0));
    expect(store.slice(all.length - 4, all.length)).toEqual(all.slice(-4));
    expect(store.slice(all.length - 4, all.length + 1)).toBeNull();
  });

  it("knows nothing of a hole, and everything around it", () => {
    const store = new ByteStore();
    store.append(Uint8Array.of(1, 2, 3));
    store.skipTo(5_000_000);
    store.append(Uint8Array.of(4, 5));
    expect(store.byteAt(2)).toBe(3);
    expect(store.byteAt(3)).toBe(-1);
    expect(store.byteAt(5_000_001)).toBe(5);
    expect(store.end).toBe(5_000_002);
  });

  it("gives up the blocks that are farthest from where one looks, and takes them back", () => {
    const store = new ByteStore();
    const all = filled(6 * BLOCK);
    store.append(all);
    store.trim(4 * BLOCK, 0);
    expect(store.held).toBe(4 * BLOCK);
    expect(store.slice(0, 10)).toEqual(all.slice(0, 10));
    const lost = store.missing(0, store.end);
    expect(lost).toHaveLength(2);
    const { start, end } = lost[0] as { start: number; end: number };
    expect(store.slice(start, start + 1)).toBeNull();
    expect(store.restore(start, all.slice(start, end - 1))).toBe(false);
    expect(store.restore(start, all.slice(start, end))).toBe(true);
    expect(store.slice(start, end)).toEqual(all.slice(start, end));
  });
});
