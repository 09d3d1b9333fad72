/** What the server shows of a suggestion, for tests. */
import type { ApplyPreview } from "@/api/types";

export function preview(change: Partial<ApplyPreview> = {}): ApplyPreview {
  return {
    command: "make_transfers",
    allowed: true,
    checks: [
      { name: "team", state: "ok", detail: "It is AIrsenal FC." },
      { name: "hit", state: "warning", detail: "It costs 4 points." },
    ],
    team_name: "AIrsenal FC",
    gameweek: { id: 25, name: "Gameweek 25", deadline: "2099-02-06T18:30:00Z", is_current: false },
    transfers_out: ["Foden (MCI)", "Keane (EVE)"],
    transfers_in: ["B.Fernandes (MUN)", "J.Timber (ARS)"],
    hit: 4,
    bank: 1.5,
    chip: null,
    captain: "Gabriel",
    vice_captain: "B.Fernandes",
    starting_lineup: [{ name: "Gabriel", club: "ARS", position_group: "DEF", is_captain: true, is_vice_captain: false, expected_points: 6.4 }],
    bench: [{ name: "Roefs", club: "SUN", position_group: "GK", is_captain: false, is_vice_captain: false, expected_points: null }],
    warnings: [],
    report_id: "r1",
    suggested_at: "2026-02-05T12:00:00Z",
    suggestion: "f".repeat(64),
    ...change,
  };
}
