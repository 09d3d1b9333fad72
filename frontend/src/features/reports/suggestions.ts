import type { Deadline, ReportHead, SetUpStep } from "@/api/types";

/** The first thing that speaks against following it. */
export function doubtOf({ state, gameweeks, warnings }: ReportHead, deadline: Deadline | undefined, step?: SetUpStep): string | null {
  const [first] = gameweeks;
  const coming = deadline?.gameweek;
  if (state === "not_understood") return "AIrsenal’s output was not wholly understood: read it before you follow it.";
  if (coming && first !== undefined && first < coming.id) return passedWords(first);
  if (step?.state === "attention" || step?.state === "failed") return step.detail;
  const [warning, ...others] = warnings;
  if (!warning) return null;
  return others.length === 0 ? warning.message : `${warning.message} And ${others.length} more.`;
}

export function passedWords(gameweek: number): string {
  return `Made for gameweek ${gameweek}, whose deadline has passed: update, predict and optimise again.`;
}
