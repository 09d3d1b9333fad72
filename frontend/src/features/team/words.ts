import type { CurrentTeam, TeamPlayer } from "@/api/types";
import type { PitchPlayer } from "@/features/pitch/types";

const STATUS: Record<TeamPlayer["status"], string> = {
  available: "Available",
  doubtful: "Doubtful",
  injured: "Injured",
  suspended: "Suspended",
  unavailable: "Not available",
  not_in_squad: "Not in the squad",
};
const DIFFICULTY = ["", "very easy", "easy", "even", "hard", "very hard"];
export const CHIPS: Record<NonNullable<CurrentTeam["active_chip"]>, string> = {
  wildcard: "Wildcard",
  free_hit: "Free Hit",
  triple_captain: "Triple Captain",
  bench_boost: "Bench Boost",
};
/** Which points stand under the names on the pitch. */
export type Shown = "points" | "expected";

export function money(millions: number): string {
  return `£${millions.toFixed(1)}m`;
}

export function difficultyWord(difficulty: number): string {
  return DIFFICULTY[difficulty] ?? "unknown";
}

/** Why he may not play, with FPL's own words; null when nothing is known against it. */
export function doubtOf({ status, chance_of_playing, news }: TeamPlayer): string | null {
  if (status === "available" && (chance_of_playing === null || chance_of_playing === 100)) return null;
  // FPL mostly says the chance in its news, too.
  const chance = chance_of_playing === null || news.includes("%") ? "" : `, ${chance_of_playing} % chance to play`;
  const state = status === "available" ? "May not play" : STATUS[status];
  return `${state}${chance}${news === "" ? "" : `: ${news}`}`;
}

export function fixtureWords({ opponent, at_home }: TeamPlayer["fixtures"][number]): string {
  return `${opponent} (${at_home ? "H" : "A"})`;
}

/** The captain's points count double or more, as the gameweek's total has them; nobody's on the bench count. */
export function countedPoints(player: TeamPlayer): number {
  return player.event_points * Math.max(1, player.multiplier);
}

export function toPitch(team: CurrentTeam, shown: Shown): { starting: PitchPlayer[]; bench: PitchPlayer[] } {
  const players = team.players.map((player) => ({
    slot: player.position_slot,
    key: player.player_id.toString(),
    name: player.name,
    club: player.team,
    position: player.position,
    captain: player.is_captain,
    vice: player.is_vice_captain,
    points: shown === "expected" ? player.expected_points : countedPoints(player),
    doubtful: doubtOf(player),
    detail: detailOf(player, team),
  }));
  return { starting: players.filter(({ slot }) => slot <= 11), bench: players.filter(({ slot }) => slot > 11) };
}

function detailOf(player: TeamPlayer, team: CurrentTeam): string {
  const coming = team.next_gameweek;
  const lines = [
    `${money(player.now_cost)}, form ${player.form.toFixed(1)}, ${player.total_points} points this season (${player.points_per_game.toFixed(1)} a match)`,
    `${team.gameweek.name}: ${player.event_points} points${player.multiplier > 1 ? `, ${player.multiplier} times as captain` : ""}`,
  ];
  if (coming && player.expected_points !== null) lines.push(`${coming.name}: ${player.expected_points.toFixed(1)} points expected`);
  if (player.fixtures.length > 0) lines.push(`Next: ${player.fixtures.map(fixtureWords).join(", ")}`);
  return lines.join("\n");
}

/** Of each of the next gameweeks what the club plays: none, one or two. */
export function fixturesByGameweek(team: CurrentTeam, player: TeamPlayer): { gameweek: number; fixtures: TeamPlayer["fixtures"] }[] {
  return gameweeksAhead(team).map((gameweek) => ({ gameweek, fixtures: player.fixtures.filter((fixture) => fixture.gameweek === gameweek) }));
}

export function gameweeksAhead(team: CurrentTeam): number[] {
  const found = new Set(team.players.flatMap(({ fixtures }) => fixtures.map(({ gameweek }) => gameweek)));
  return [...found].toSorted((a, b) => a - b);
}
