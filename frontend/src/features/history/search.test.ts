import { afterEach, describe, expect, it } from "vitest";
import { writePreference } from "@/lib/preferences";
import { isFiltered, readSearch, toFilter } from "./search";

describe("the history's address", () => {
  afterEach(() => {
    writePreference("timeZone", "local");
  });

  it("keeps what it knows and drops the rest", () => {
    expect(readSearch({ status: "failed", q: 1234, day: "2026-11-21", ended: "24h", other: 1 })).toEqual({
      status: "failed", command: undefined, q: "1234", day: "2026-11-21", ended: "24h",
    });
    const nothing = readSearch({ status: "odd", q: " ", day: "2026-13-41", ended: "1h", command: {} });
    expect(isFiltered(nothing)).toBe(false);
  });

  it("asks for a day of the chosen zone, and for a moment that stays the same for a while", () => {
    writePreference("timeZone", "Europe/Berlin");
    const now = Date.parse("2026-11-21T12:03:04Z");
    expect(toFilter({ day: "2026-11-21" }, now)).toMatchObject({
      created_from: "2026-11-20T23:00:00.000Z", created_before: "2026-11-21T23:00:00.000Z",
    });
    expect(toFilter({ ended: "24h" }, now).ended_from).toBe("2026-11-20T12:00:00.000Z");
  });
});
