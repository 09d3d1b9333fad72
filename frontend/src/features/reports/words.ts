import type { Chip, LoginReport, Position, Report, ReportType } from "@/api/types";

export const TYPE_WORDS: Record<ReportType, string> = {
  prediction: "Prediction",
  optimisation: "Optimisation",
  data_check: "Data check",
  database: "Database",
  login: "FPL login",
};

export const TYPES_WORDS: Record<ReportType, string> = {
  prediction: "Predictions",
  optimisation: "Optimisations",
  data_check: "Data checks",
  database: "Database",
  login: "FPL login",
};

export const POSITION_WORDS: Record<Position, string> = { GK: "Goalkeepers", DEF: "Defenders", MID: "Midfielders", FWD: "Forwards" };

export const CHIP_WORDS: Record<Chip, string> = {
  wildcard: "Wildcard",
  free_hit: "Free Hit",
  triple_captain: "Triple Captain",
  bench_boost: "Bench Boost",
};

export const OUTCOME_WORDS: Record<LoginReport["outcome"], string> = {
  works: "The login works",
  wrong_password: "E-mail or password is wrong",
  captcha: "The site asks for a captcha",
  blocked: "The site blocks this machine",
  site_changed: "The site's sign-in has changed",
  unreachable: "The site cannot be reached",
  unknown: "Not known",
};

// A true minus sign is as wide as the plus, so that columns of both stand straight.
const MINUS = "−";

export function formatPoints(points: number, digits = 2): string {
  const text = Math.abs(points).toFixed(digits);
  return points < 0 && Number(text) !== 0 ? `${MINUS}${text}` : text;
}

export function formatSigned(points: number, digits = 2): string {
  const text = formatPoints(points, digits);
  return points > 0 && Number(text) !== 0 ? `+${text}` : text;
}

export function formatPrice(price: number | null): string {
  return price === null ? "–" : `£${price.toFixed(1)}m`;
}

/** `gameweek 25`, `gameweeks 25 to 27`, `gameweeks 25, 27`. */
export function gameweekWords(gameweeks: readonly number[]): string {
  const [first, ...rest] = gameweeks;
  const last = rest.at(-1);
  if (first === undefined) return "";
  if (last === undefined) return `gameweek ${first}`;
  return last - first === rest.length ? `gameweeks ${first} to ${last}` : `gameweeks ${gameweeks.join(", ")}`;
}

/** `2526` is 2025/26. */
export function seasonWords(season: string): string {
  return /^\d{4}$/.test(season) ? `20${season.slice(0, 2)}/${season.slice(2)}` : season;
}

/** `weeks_ahead` is "weeks ahead". */
export function parameterName(name: string): string {
  return name.replaceAll("_", " ");
}

export function parameterValue(value: unknown): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** What the strategy is worth, in a sentence. Null when the log did not say. */
export function gainWords({ points_gain, best_points, baseline_points }: Extract<Report, { type: "optimisation" }>): string | null {
  const gain = points_gain ?? (best_points !== null && baseline_points !== null ? best_points - baseline_points : null);
  if (gain === null) return null;
  if (Number(Math.abs(gain).toFixed(1)) === 0) return "No better than leaving the team as it is.";
  return gain > 0 ? `${formatPoints(gain, 1)} points better than leaving the team as it is.` : `${formatPoints(-gain, 1)} points worse than leaving the team as it is.`;
}

/** `no transfers`, `1 transfer`, `2 transfers for 4 points`: what a gameweek's moves are, and what they cost. */
export function moveWords(incoming: number, outgoing: number, hit: number): string {
  const moves = Math.max(incoming, outgoing);
  if (moves === 0) return "No transfers";
  const words = moves === 1 ? "1 transfer" : `${moves} transfers`;
  return hit > 0 ? `${words}, ${hit} points paid` : `${words}, no points paid`;
}
