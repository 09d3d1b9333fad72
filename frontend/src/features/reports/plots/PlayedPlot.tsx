import { useMemo } from "react";
import type { PlayedPlayer } from "@/api/types";
import { gameweekWords } from "../words";
import { drawPlayed } from "./draw";
import { Plot } from "./Plot";

/** Its numbers are the table that stands below it on the page. */
export function PlayedPlot({ players, gameweeks }: { players: readonly PlayedPlayer[]; gameweeks: readonly number[] }) {
  const draw = useMemo(() => drawPlayed(players), [players]);
  return (
    <Plot
      title="Expected against scored"
      caption={`Each mark is a player in ${gameweekWords(gameweeks)}. On the dashed line the prediction was right; above it the player did better, below it worse.`}
      draw={draw}
      height={380}
      file="expected-against-scored.png"
    />
  );
}
