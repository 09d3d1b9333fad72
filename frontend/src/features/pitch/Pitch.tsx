import classes from "./pitch.module.css";
import type { PitchPlayer } from "./types";

const ROWS = ["GK", "DEF", "MID", "FWD"] as const;

/** The starting eleven in its formation, and the bench in its order. */
export function Pitch({ starting, bench, label }: { starting: PitchPlayer[]; bench: PitchPlayer[]; label: string }) {
  return (
    <section className={classes.pitch} aria-label={label}>
      <div className={classes.grass}>
        {ROWS.map((position) => (
          <ol key={position} aria-label={position}>
            {starting.filter((player) => player.position === position).map((player) => (
              <Player key={player.key} player={player} />
            ))}
          </ol>
        ))}
      </div>
      <ol className={classes.bench} aria-label="Bench, in order">
        {bench.map((player) => (
          <Player key={player.key} player={player} />
        ))}
      </ol>
    </section>
  );
}

function Player({ player: { name, club, position, captain, vice, points, detail, doubtful } }: { player: PitchPlayer }) {
  return (
    <li>
      <span className={classes.name}>
        {name}
        {captain && <abbr title="Captain">C</abbr>}
        {vice && <abbr title="Vice-captain">V</abbr>}
      </span>
      <span className={classes.detail}>
        {club ?? position}
        {points !== null && ` · ${points.toFixed(1)}`}
        {detail && ` · ${detail}`}
      </span>
      {doubtful && <span className={classes.doubtful}>{doubtful}</span>}
    </li>
  );
}
