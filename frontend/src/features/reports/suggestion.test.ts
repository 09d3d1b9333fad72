import { describe, expect, it } from "vitest";
import type { Deadline } from "@/api/types";
import { head } from "./testing";
import { doubtOf } from "./suggestions";

function deadline(gameweek: number): Deadline {
  return { gameweek: { id: gameweek, name: `Gameweek ${gameweek}`, deadline: "2026-02-06T18:30:00Z", is_current: false }, later: [], fetched_at: "2026-02-05T12:00:00Z", stale: false, season_state: "running" };
}

describe("what speaks against the newest suggestion", () => {
  it("is nothing when it is of the gameweek that comes", () => {
    expect(doubtOf(head({ gameweeks: [25, 26] }), deadline(25))).toBeNull();
    expect(doubtOf(head({}), undefined)).toBeNull();
  });

  it("is a deadline that has passed, before any warning", () => {
    const warnings = [{ code: "other" as const, message: "Estimated prices.", line: null }, { code: "other" as const, message: "Old.", line: null }];
    expect(doubtOf(head({ gameweeks: [25, 26], warnings }), deadline(26))).toContain("Made for gameweek 25, whose deadline has passed");
    expect(doubtOf(head({ gameweeks: [26], warnings }), deadline(26))).toBe("Estimated prices. And 1 more.");
  });

  it("is a season that is over, whose gameweeks have higher numbers", () => {
    const last = head({ gameweeks: [38], season: "2425" });
    expect(doubtOf(last, deadline(1))).toBe("Made for gameweek 38 of the season 2024/25, which is over.");
    expect(doubtOf(head({ gameweeks: [38], season: "2526" }), deadline(37))).toBeNull();
    expect(doubtOf(last, { ...deadline(1), gameweek: null, season_state: "over" })).toBe("Made for gameweek 38. The season’s last deadline is behind us.");
  });

  it("is what the set-up says of it, before any warning", () => {
    const step = { name: "optimise" as const, title: "Optimise transfers", state: "attention" as const, detail: "Made from an older prediction: optimise again.", command: "optimize", job_id: null, at: null };
    expect(doubtOf(head({ gameweeks: [25] }), deadline(25), step)).toBe(step.detail);
    expect(doubtOf(head({ gameweeks: [25] }), deadline(25), { ...step, state: "failed", detail: "It ran out of memory." })).toBe("It ran out of memory.");
    expect(doubtOf(head({ gameweeks: [25] }), deadline(25), { ...step, state: "done" })).toBeNull();
  });

  it("is an output that was not understood", () => {
    expect(doubtOf(head({ state: "not_understood" }), deadline(25))).toContain("not wholly understood");
  });
});
