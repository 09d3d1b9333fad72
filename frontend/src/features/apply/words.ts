import type { ApplyPreview } from "@/api/types";

export type Check = ApplyPreview["checks"][number];
type Chip = NonNullable<ApplyPreview["chip"]>;

export const STATE_WORDS: Record<Check["state"], string> = { ok: "Fine", warning: "Mind this", stop: "Stopped" };

export const CHECK_WORDS: Record<Check["name"], string> = {
  installed: "AIrsenal",
  team: "Team",
  login: "FPL login",
  database: "Database",
  lane: "Other jobs",
  deadline: "Deadline",
  gameweek: "Gameweek",
  suggestion: "Suggestion",
  newer: "Age",
  chip: "Chip",
  hit: "Points",
};

export const CHIP_WORDS: Record<Chip, string> = {
  wildcard: "Wildcard",
  free_hit: "Free hit",
  triple_captain: "Triple captain",
  bench_boost: "Bench boost",
};

const ORDER: Record<Check["state"], number> = { stop: 0, warning: 1, ok: 2 };

/** What stands in the way first; within a state the server's order. */
export function sorted(checks: readonly Check[]): Check[] {
  return checks.toSorted((one, other) => ORDER[one.state] - ORDER[other.state]);
}

export function verdict(preview: Pick<ApplyPreview, "allowed" | "checks">): string {
  const count = (state: Check["state"]) => preview.checks.filter((check) => check.state === state).length;
  const stops = count("stop");
  const warnings = count("warning");
  if (stops > 0) return stops === 1 ? "One thing stands in the way. Nothing can be sent." : `${stops} things stand in the way. Nothing can be sent.`;
  if (warnings > 0) return warnings === 1 ? "Nothing stands in the way. Mind one thing." : `Nothing stands in the way. Mind ${warnings} things.`;
  return "Nothing stands in the way.";
}
