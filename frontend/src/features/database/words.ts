import type { Command, KeptCopy } from "@/api/types";

/** `2526` as `2025/26`. */
export function seasonWords(season: string | null): string {
  if (season === null) return "no season";
  return /^\d{4}$/.test(season) ? `20${season.slice(0, 2)}/${season.slice(2)}` : season;
}

export function runs(predictions: number): string {
  return `${predictions} ${predictions === 1 ? "run" : "runs"}`;
}

/** What a copy was made before, by the title that people know. */
export function before(copy: Pick<KeptCopy, "made_before">, commands: readonly Command[]): string {
  if (copy.made_before === "restore") return "a restore";
  return commands.find(({ id }) => id === copy.made_before)?.title ?? copy.made_before;
}

/** What it holds, in a line. */
export function holds(copy: KeptCopy): string {
  const parts = [];
  if (copy.season !== null) parts.push(`season ${seasonWords(copy.season)}`);
  if (copy.next_gameweek !== null) parts.push(`before gameweek ${copy.next_gameweek}`);
  if (copy.predictions !== null) parts.push(copy.predictions === 1 ? "1 prediction" : `${copy.predictions === 0 ? "no" : copy.predictions} predictions`);
  const text = parts.join(", ");
  return text === "" ? "Its content is not known" : text.charAt(0).toUpperCase() + text.slice(1);
}
