import { describe, expect, it } from "vitest";
import { Picked } from "./lens";
import { LogModel } from "./model";
import { Search } from "./search";
import { bytesOf } from "./testing";

const FIRST = "a hit\nb\nc hit\n";
const SECOND = "d\ne hit\nf hit\n";

function attempts() {
  const model = new LogModel();
  model.setAttempts([
    { number: 1, firstByte: 0 },
    { number: 2, firstByte: FIRST.length },
  ]);
  model.table.append(bytesOf(FIRST + SECOND));
  const search = new Search({ text: "hit", caseSensitive: true }, model.table);
  search.advance();
  return { model, search };
}

describe("Picked", () => {
  it("is the whole log, or one attempt of it", () => {
    const { model } = attempts();
    const of = (attempt: number | null) => new Picked(model.range(attempt), null).rows(0, 100);
    expect(of(null)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(of(1)).toEqual([0, 1, 2]);
    expect(of(2)).toEqual([3, 4, 5]);
    expect(of(7)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("lets only matches through, of an attempt or of all", () => {
    const { model, search } = attempts();
    const of = (attempt: number | null) => new Picked(model.range(attempt), search);
    expect(of(null).rows(0, 100)).toEqual([0, 2, 4, 5]);
    expect(of(2).rows(0, 100)).toEqual([4, 5]);
    expect(of(2).rows(1, 100)).toEqual([5]);
    expect(of(2).rows(5, 2)).toEqual([]);
  });

  it("knows where a row stands, and what stands near one that is left out", () => {
    const { model, search } = attempts();
    const picked = new Picked(model.range(null), search);
    expect([0, 1, 2, 3, 4, 5].map((row) => picked.indexOf(row))).toEqual([0, 1, 1, 2, 2, 3]);
    expect(picked.indexOf(1_000)).toBe(3);
    expect(new Picked(model.range(2), null).indexOf(-1)).toBe(0);
  });

  it("an attempt without a byte yet has no rows", () => {
    const { model } = attempts();
    model.setAttempts([{ number: 1, firstByte: 0 }, { number: 2, firstByte: FIRST.length }, { number: 3, firstByte: 10_000 }]);
    expect(new Picked(model.range(3), null).count).toBe(0);
    expect(new Picked(model.range(2), null).count).toBe(3);
  });

  it("a step from match to match stays within the attempt", () => {
    const { model, search } = attempts();
    const { from, to } = model.range(2);
    expect(search.step(3, 1, from, to)).toBe(4);
    expect(search.step(5, 1, from, to)).toBe(4);
    expect(search.step(4, -1, from, to)).toBe(5);
    expect(search.step(0, 1, 1, 2)).toBeNull();
  });
});
