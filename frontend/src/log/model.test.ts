import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PLAIN } from "./ansi";
import { contrast, lookOf, type Palette, parseColor, readable, rgbOf } from "./colors";
import { FOLD, LogModel, markMatches } from "./model";
import { bytesOf } from "./testing";

function modelOf(text: string): LogModel {
  const model = new LogModel();
  model.table.append(bytesOf(text));
  return model;
}

describe("LogModel", () => {
  it("gives the rows of a window, decoded and in colour", () => {
    const { rows } = modelOf("a\n\x1b[31mb\x1b[0mc\nd\n").shown([1, 2]);
    expect(rows.map(({ row }) => row)).toEqual([1, 2]);
    expect(rows[0]?.pieces.map(({ text, style }) => [text, style?.fg])).toEqual([
      ["b", 1],
      ["c", -1],
    ]);
  });

  it("folds a very long row until it is asked for", () => {
    const model = modelOf(`${"x".repeat(FOLD + 500)}\n`);
    expect(model.shown([0]).rows[0]).toMatchObject({ folded: 500 });
    expect(model.shown([0]).rows[0]?.pieces[0]?.text).toHaveLength(FOLD);
    model.unfold(0);
    expect(model.shown([0]).rows[0]).toMatchObject({ folded: 0 });
  });

  it("changes a row's key when it must be drawn anew, and only then", () => {
    const model = modelOf("one\nbar 1\r");
    const key = (row: number) => model.shown([row]).rows[0]?.key;
    const before = [key(0), key(1)];
    model.table.append(bytesOf("bar 2\r"));
    expect(key(0)).toBe(before[0]);
    expect(key(1)).not.toBe(before[1]);
    model.setQuery({ text: "one", caseSensitive: false });
    expect(key(0)).not.toBe(before[0]);
  });

  it("marks the row where an attempt starts", () => {
    const model = new LogModel();
    model.setAttempts([
      { number: 1, firstByte: 0 },
      { number: 2, firstByte: 6 },
    ]);
    model.table.append(bytesOf("first\nsecond\n"));
    expect(model.shown([0, 1]).rows.map(({ attempt }) => attempt)).toEqual([null, 2]);
  });

  it("says how much a gap left out, on screen and in copied text", () => {
    const model = modelOf("a\n");
    model.table.gap(1_000_002);
    model.table.append(bytesOf("b\n"));
    expect(model.shown([1]).rows[0]).toMatchObject({ gap: true });
    expect(model.text(0, 3).split("\n")).toEqual(["a", expect.stringContaining("1,000,000 bytes were left out"), "b"]);
  });

  it("copies without escapes", () => {
    expect(modelOf("\x1b[1mA\x1b[0m\n\x1b]0;t\x07B\n").text(0, 2)).toBe("A\nB");
  });

  it("names the blocks it needs for rows whose bytes were given up", () => {
    const model = modelOf(`${"x".repeat(1_200_000)}\n${"y".repeat(2_500_000)}\nz\n`);
    model.table.bytes.trim(0, model.table.bytes.end);
    const { rows, missing } = model.shown([0]);
    expect(rows[0]?.pieces).toEqual([]);
    expect(missing[0]).toEqual({ start: 0, end: 1 << 20 });
  });
});

describe("markMatches", () => {
  it("marks a match that runs over several colours", () => {
    const pieces = markMatches(
      [
        { text: "an err", style: null, mark: false },
        { text: "or, err", style: PLAIN, mark: false },
      ],
      { text: "error", caseSensitive: false },
    );
    expect(pieces.map(({ text, mark }) => [text, mark])).toEqual([
      ["an ", false],
      ["err", true],
      ["or", true],
      [", err", false],
    ]);
  });
});

describe("colours", () => {
  const css = readFileSync("src/styles/tokens.css", "utf8");
  const block = (selector: string) => {
    const from = css.indexOf(selector);
    const text = css.slice(from, css.indexOf("}", from));
    return new Map([...text.matchAll(/(--[a-z-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name ?? "", parseColor(value ?? "")]));
  };
  const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

  describe.each([
    ["light", block(":root")],
    ["dark", block('[data-mantine-color-scheme="dark"]')],
  ])("in the %s scheme", (_, tokens) => {
    const get = (name: string) => tokens.get(name) ?? [0, 0, 0];
    const palette: Palette = {
      named: [...NAMES.map((name) => get(`--ansi-${name}`)), ...NAMES.map((name) => get(`--ansi-bright-${name}`))],
      background: get("--log-bg"),
      text: get("--text"),
    };
    const grounds = ["--bg", "--surface", "--sunken", "--log-bg", "--hover", "--selected"];

    it.each(["--text", "--muted", "--faint", "--accent", "--ok", "--bad", "--warn"])("%s reads on every surface", (name) => {
      for (const ground of grounds) expect(contrast(get(name), get(ground)), ground).toBeGreaterThanOrEqual(4.5);
    });

    it("the 16 colours read on a row, a hovered and a selected one", () => {
      palette.named.forEach((color, index) => {
        for (const ground of ["--log-bg", "--hover", "--selected"]) expect(contrast(color, get(ground)), `${index} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      });
    });

    it("soft grounds carry their text", () => {
      for (const name of ["--ok", "--bad", "--warn", "--accent"]) {
        expect(contrast(get("--text"), get(`${name}-soft`))).toBeGreaterThanOrEqual(4.5);
        expect(contrast(get(name), get(`${name}-soft`)), name).toBeGreaterThanOrEqual(4.5);
      }
      expect(contrast(get("--text"), get("--log-mark"))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(get("--text"), get("--log-mark-now"))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(get("--on-ink"), get("--ink"))).toBeGreaterThanOrEqual(4.5);
    });

    it("bends every other colour until it reads", () => {
      for (let color = 16; color < 256; color++) {
        const bent = readable(rgbOf(color, palette), palette.background);
        expect(contrast(bent, palette.background), String(color)).toBeGreaterThanOrEqual(4.5);
      }
      const look = lookOf({ ...PLAIN, fg: 7, bg: 3 }, palette);
      const rgb = (value: string) => (value.match(/\d+/g) ?? []).map(Number) as unknown as [number, number, number];
      expect(contrast(rgb(look.color), rgb(look.background))).toBeGreaterThanOrEqual(4.5);
      expect(lookOf({ ...PLAIN, inverse: true }, palette).background).not.toBe("");
      expect(lookOf({ ...PLAIN, fg: 1, bold: true }, palette)).toEqual({ className: "b c1", color: "", background: "" });
    });
  });
});
