import type { SetUpStep } from "@/api/types";

export type StepState = SetUpStep["state"];
export type StepName = SetUpStep["name"];

export const STATE_WORDS: Record<StepState, string> = {
  done: "Done",
  to_do: "To do",
  running: "Running",
  failed: "Failed",
  attention: "Look at this",
  optional: "Optional",
};

/** What the button of a step says: the first time, and afterwards. */
export const RUN_WORDS: Record<StepName, [first: string, again: string]> = {
  install: ["Install AIrsenal", "Install again"],
  team: ["Set the team", "Change"],
  login: ["Add a login", "Change"],
  database: ["Build the database", "Build the database"],
  update: ["Update now", "Update now"],
  predict: ["Predict points", "Predict again"],
  optimise: ["Optimise transfers", "Optimise again"],
};

/** `2526` as people write it. */
export function seasonWords(season: string): string {
  return `20${season.slice(0, 2)}/${season.slice(2)}`;
}

/** The number, or the address of any page of the team on the FPL site. Null: neither. */
export function readTeamId(text: string): number | null {
  const found = /^(\d{1,8})$/.exec(text.trim()) ?? /\/entry\/(\d{1,8})(?:\/|$)/.exec(text.trim());
  const id = Number(found?.[1]);
  return Number.isInteger(id) && id > 0 ? id : null;
}

/** Steps that are a choice and not taken do not count. */
export function progressOf(steps: readonly SetUpStep[]): { done: number; total: number } {
  const counted = steps.filter(({ state }) => state !== "optional");
  return { done: counted.filter(({ state }) => state === "done" || state === "attention").length, total: counted.length };
}

/** Pages of other parts that the set-up leads to. */
export const PLACES = {
  reports: "/reports",
  team: "/team",
  chips: "/airsenal/chips",
  copies: "/airsenal/database",
} as const;
