import { describe, expect, it } from "vitest";
import { applySgr, NONE, PLAIN, plainText, RGB, spansOf, StyleTable } from "./ansi";

describe("applySgr", () => {
  it.each([
    ["31", { fg: 1 }],
    ["97", { fg: 15 }],
    ["44", { bg: 4 }],
    ["107", { bg: 15 }],
    ["1;4;7;9", { bold: true, underline: true, inverse: true, strike: true }],
    ["38;5;208", { fg: 208 }],
    ["48;5;16", { bg: 16 }],
    ["38;2;1;2;3", { fg: RGB | 0x010203 }],
    ["38:2::1:2:3", { fg: RGB | 0x010203 }],
    ["38:5:9;1", { fg: 9, bold: true }],
    ["38;2;300;2;3", { fg: RGB | 0xff0203 }],
    ["38;9;1", { bold: true }],
    ["", {}],
    ["777", {}],
  ])("%s", (parameters, change) => {
    expect(applySgr(PLAIN, parameters)).toEqual({ ...PLAIN, ...change });
  });

  it("takes back what it gave", () => {
    const loud = applySgr(PLAIN, "1;2;3;4;7;9;31;42");
    expect(applySgr(loud, "22;23;24;27;29;39;49")).toEqual(PLAIN);
    expect(applySgr(loud, "")).toEqual(PLAIN);
    expect(applySgr(loud, "0")).toEqual(PLAIN);
  });
});

describe("spansOf", () => {
  it("splits where the look changes and starts with the carried one", () => {
    const spans = spansOf("a\x1b[32mb\x1b[0mc", { ...PLAIN, fg: 1 });
    expect(spans.map(({ text, style }) => [text, style.fg])).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", NONE],
    ]);
  });

  it("drops other escapes, and one that is cut off at the end", () => {
    expect(plainText("a\x1b[?25hb\x1b[2Kc\x1b]0;t\x07d\x1b[3")).toMatch(/^abcd/);
    expect(plainText("a\x1b")).toBe("a");
  });

  it("obeys backspaces and draws other controls", () => {
    expect(plainText("|\b/\b-")).toBe("-");
    expect(plainText("a\x00b\x07c")).toBe("a␀bc");
  });

  it("leaves markup what it is: text", () => {
    expect(spansOf("<img src=x onerror=alert(1)>", PLAIN)).toEqual([{ text: "<img src=x onerror=alert(1)>", style: PLAIN }]);
  });
});

describe("StyleTable", () => {
  it("gives the same number to the same look, and plain when there are too many", () => {
    const table = new StyleTable();
    const red = table.id({ ...PLAIN, fg: 1 });
    expect(table.id({ ...PLAIN, fg: 1 })).toBe(red);
    expect(table.get(red).fg).toBe(1);
    for (let color = 0; color < 70_000; color++) table.id({ ...PLAIN, fg: RGB | color });
    expect(table.id({ ...PLAIN, fg: RGB | 0xffffff })).toBe(0);
    expect(table.get(red).fg).toBe(1);
  });
});
