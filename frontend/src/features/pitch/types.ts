import type { TeamPlayer } from "@/api/types";

export type Position = TeamPlayer["position"];

export interface PitchPlayer {
  key: string;
  name: string;
  club: string | null;
  /** Null only on the bench, when nobody knows. */
  position: Position | null;
  captain: boolean;
  vice: boolean;
  /** Null: asked for and not known. Left out: the line-up has none to show. */
  points?: number | null;
  /** Shown on request; line ends are kept. */
  detail?: string;
  /** Why he may not play; null or absent: nothing is known against it. */
  doubtful?: string | null;
}
