import type { Position } from "@/api/types";

export interface PitchPlayer {
  key: string;
  name: string;
  club: string | null;
  position: Position;
  captain: boolean;
  vice: boolean;
  points: number | null;
  detail?: string;
  doubtful?: string | null;
}
