import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, formatLimit, formatRelative, formatTicking } from "./time";

describe("formatDuration", () => {
  it.each([
    [0, "0 s"],
    [-5, "0 s"],
    [440, "0.4 s"],
    [9_999, "9.9 s"],
    [10_400, "10 s"],
    [59_999, "59 s"],
    [60_000, "1 min 00 s"],
    [185_000, "3 min 05 s"],
    [3_600_000, "1 h 00 min"],
    [7_450_000, "2 h 04 min"],
    [86_400_000 * 3 + 3_600_000 * 4, "3 d 4 h"],
  ])("%d ms is %s", (milliseconds, words) => {
    expect(formatDuration(milliseconds)).toBe(words);
  });

  it("ticks in whole seconds", () => {
    expect(formatTicking(4_900)).toBe("4 s");
    expect(formatTicking(-900)).toBe("0 s");
  });
});

describe("formatRelative", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  it.each([
    ["2026-11-21T12:00:00Z", "just now"],
    ["2026-11-21T12:00:03Z", "just now"],
    ["2026-11-21T11:59:50Z", "10 s ago"],
    ["2026-11-21T11:57:00Z", "3 min ago"],
    ["2026-11-21T09:59:00Z", "2 h ago"],
    ["2026-11-19T09:59:00Z", "2 d ago"],
    ["2026-11-21T12:05:00Z", "in 5 min"],
  ])("%s is %s", (time, words) => {
    expect(formatRelative(new Date(time), now)).toBe(words);
  });

  it("shows the date from a week on", () => {
    expect(formatRelative(new Date("2026-11-01T12:00:00Z"), now)).toMatch(/2026/);
  });
});

describe("sizes and limits", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [52_400, "52 kB"],
    [105_000_000, "105 MB"],
    [2_300_000_000, "2.3 GB"],
  ])("%d bytes are %s", (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  it.each([
    [30, "30 s"],
    [600, "10 min"],
    [7200, "2 h"],
    [90, "1 min 30 s"],
  ])("a limit of %d s is %s", (seconds, words) => {
    expect(formatLimit(seconds)).toBe(words);
  });
});
