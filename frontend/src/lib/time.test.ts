import { afterEach, describe, expect, it } from "vitest";
import { writePreference } from "./preferences";
import { formatAbsolute, formatBytes, formatDuration, formatLimit, formatLineTime, formatRelative, formatShort, formatTicking, formatUntil, formatWithZone, nextDay, startOfDay } from "./time";

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

describe("formatUntil", () => {
  it.each([
    [-5_000, "0 s"],
    [8_200, "9 s"],
    [725_000, "12 min 05 s"],
    [3_600_000, "1 h 00 min"],
    [86_400_000 - 1_000, "23 h 59 min"],
    [86_400_000 + 3_600_000 * 4, "1 day 4 h"],
    [86_400_000 * 12, "12 days 0 h"],
  ])("%d ms is %s", (milliseconds, words) => {
    expect(formatUntil(milliseconds)).toBe(words);
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

describe("times in the chosen zone", () => {
  const time = new Date("2026-07-21T22:30:05Z");
  afterEach(() => {
    writePreference("timeZone", "local");
  });

  it.each([
    ["UTC", "21 Jul 2026, 22:30:05", "UTC"],
    ["Asia/Kolkata", "22 Jul 2026, 04:00:05", "GMT+5:30"],
  ])("%s", (zone, words, name) => {
    writePreference("timeZone", zone);
    expect(formatAbsolute(time)).toBe(words);
    expect(formatWithZone(time)).toBe(`${words} ${name}`);
  });

  it("knows today by the zone, not by the browser", () => {
    writePreference("timeZone", "Asia/Kolkata");
    expect(formatShort(time, new Date("2026-07-22T10:00:00Z"))).toBe("04:00:05");
    expect(formatShort(time, new Date("2026-07-21T10:00:00Z"))).toBe("22 Jul 2026, 04:00:05");
  });

  it("of the lines of a log too", () => {
    writePreference("timeZone", "Asia/Kolkata");
    expect(formatLineTime(new Date("2026-11-21T12:00:00.250Z"))).toBe("17:30:00.250");
  });

  it("falls back to the browser's zone for one that does not exist", () => {
    writePreference("timeZone", "Mars/Olympus");
    expect(formatAbsolute(time)).toMatch(/2026/);
  });

  it.each([
    ["2026-07-21", "Europe/London", "2026-07-20T23:00:00.000Z"],
    ["2026-03-29", "Europe/London", "2026-03-29T00:00:00.000Z"],
    ["2026-03-30", "Europe/London", "2026-03-29T23:00:00.000Z"],
    ["2026-11-21", "Pacific/Kiritimati", "2026-11-20T10:00:00.000Z"],
    ["2026-11-21", "UTC", "2026-11-21T00:00:00.000Z"],
  ])("%s in %s begins at %s", (day, zone, start) => {
    expect(startOfDay(day, zone).toISOString()).toBe(start);
  });

  it("counts days over the end of a month", () => {
    expect(nextDay("2026-02-28")).toBe("2026-03-01");
  });
});
