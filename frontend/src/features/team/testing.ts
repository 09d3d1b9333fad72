import type { CurrentTeam, TeamPlayer } from "@/api/types";

export function player(slot: number, name: string, more: Partial<TeamPlayer> = {}): TeamPlayer {
  return {
    position_slot: slot, player_id: slot, name, full_name: name, team: "ARS", position: "MID", multiplier: slot <= 11 ? 1 : 0,
    is_captain: false, is_vice_captain: false, now_cost: 5.5, points_per_game: 4.1, event_points: 2, form: 4.8, total_points: 99,
    status: "available", chance_of_playing: null, news: "", fixtures: [{ gameweek: 25, opponent: "LIV", at_home: false, difficulty: 4 }],
    expected_points: 3.4, expected_by_gameweek: { 25: 3.4 },
    ...more,
  };
}

export const TEAM: CurrentTeam = {
  team_id: 742663,
  team_name: "AIrsenal",
  manager: "Ada Example",
  fetched_at: "2026-02-05T12:00:00Z",
  stale: false,
  stale_reason: null,
  gameweek: { id: 24, name: "Gameweek 24", deadline: "2026-01-31T13:30:00Z", is_current: true },
  next_gameweek: { id: 25, name: "Gameweek 25", deadline: "2026-02-06T18:30:00Z", is_current: false },
  active_chip: null,
  players: [
    player(1, "Raya", { position: "GK" }),
    player(2, "Gabriel", { position: "DEF", fixtures: [] }),
    player(8, "Palmer", { is_captain: true, multiplier: 2, event_points: 6, fixtures: [
      { gameweek: 25, opponent: "LIV", at_home: false, difficulty: 4 }, { gameweek: 25, opponent: "BRE", at_home: true, difficulty: 2 },
      { gameweek: 26, opponent: "WOL", at_home: true, difficulty: 1 },
    ] }),
    player(9, "Haaland", { position: "FWD", is_vice_captain: true, expected_points: null }),
    player(12, "Dúbravka", { position: "GK" }),
    player(13, "Wieffer", { status: "injured", chance_of_playing: 0, news: "Toe Injury - Unknown return date" }),
  ],
  entry_summary: { bank: 2.8, team_value: 99.4, total_points: 1194, event_points: 62, event_transfers: 1, event_transfers_cost: 4, points_on_bench: 7 },
  prediction: { report_id: "r1", completed_at: "2026-02-05T11:58:00Z", gameweeks: [25, 26, 27], covers_next: true },
};
