import type { Deadline, ReportHead, SetUpStep } from "@/api/types";

/** The first thing that speaks against following it. */
export function doubtOf(head: ReportHead, deadline: Deadline | undefined, step?: SetUpStep): string | null {
  if (head.state === "not_understood") return "AIrsenal’s output was not wholly understood: read it before you follow it.";
  const passed = passedWords(head, deadline);
  if (passed !== null) return passed;
  if (step?.state === "attention" || step?.state === "failed") return step.detail;
  const [warning, ...others] = head.warnings;
  if (!warning) return null;
  return others.length === 0 ? warning.message : `${warning.message} And ${others.length} more.`;
}

/** That it is for a gameweek which nobody can change any more, or null. Last season's gameweeks have higher numbers than those ahead. */
export function passedWords({ gameweeks, season }: Pick<ReportHead, "gameweeks" | "season">, deadline: Deadline | undefined): string | null {
  const [first] = gameweeks;
  if (first === undefined || !deadline) return null;
  const coming = deadline.gameweek;
  if (!coming) return deadline.season_state === "over" ? `Made for gameweek ${first}. The season’s last deadline is behind us.` : null;
  if (season !== null && season < seasonOf(coming.deadline)) return `Made for gameweek ${first} of the season 20${season.slice(0, 2)}/${season.slice(2)}, which is over.`;
  return first < coming.id ? `Made for gameweek ${first}, whose deadline has passed: update, predict and optimise again.` : null;
}

const JUNE = 5;

/** As AIrsenal writes it, `2526`, and by its rule: a season begins on 1 June. */
function seasonOf(moment: string): string {
  const day = new Date(moment);
  const year = day.getUTCFullYear() - (day.getUTCMonth() < JUNE ? 1 : 0);
  return [year, year + 1].map((one) => String(one % 100).padStart(2, "0")).join("");
}
