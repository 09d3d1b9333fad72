import { useId } from "react";
import classes from "./pitch.module.css";
import type { PitchPlayer, Position } from "./types";

const ROWS: readonly { position: Position; one: string; many: string }[] = [
  { position: "GK", one: "Goalkeeper", many: "Goalkeepers" },
  { position: "DEF", one: "Defender", many: "Defenders" },
  { position: "MID", one: "Midfielder", many: "Midfielders" },
  { position: "FWD", one: "Forward", many: "Forwards" },
];
const POSITIONS: Record<Position, string> = { GK: "goalkeeper", DEF: "defender", MID: "midfielder", FWD: "forward" };

/** A line-up in its formation, goalkeeper on top, and the bench in its order. */
export function Pitch({ starting, bench, label }: { starting: PitchPlayer[]; bench: PitchPlayer[]; label: string }) {
  return (
    <div role="group" aria-label={label} className={classes.whole}>
      <div className={classes.pitch}>
        <Lines />
        {ROWS.map(({ position, one, many }) => {
          const players = starting.filter((player) => player.position === position);
          if (players.length === 0) return null;
          return (
            <ol key={position} className={classes.row} aria-label={players.length === 1 ? one : many}>
              {players.map((player) => (
                <Player key={player.key} player={player} />
              ))}
            </ol>
          );
        })}
      </div>
      {bench.length > 0 && <Bench players={bench} />}
    </div>
  );
}

/** The goalkeeper comes on only for the goalkeeper, so he has no number in the order. */
function Bench({ players }: { players: PitchPlayer[] }) {
  const outfield = players.filter(({ position }) => position !== "GK");
  return (
    <div className={classes.bench}>
      <p className={classes.benchTitle} aria-hidden="true">
        Bench
      </p>
      <ol className={classes.row} aria-label="Bench, in order">
        {players.map((player) => (
          <Player key={player.key} player={player} place={player.position === "GK" ? "GK" : `${outfield.indexOf(player) + 1}. ${player.position ?? ""}`} />
        ))}
      </ol>
    </div>
  );
}

function Player({ player, place }: { player: PitchPlayer; place?: string }) {
  const id = useId();
  const more = Boolean(player.detail ?? player.doubtful);
  return (
    <li className={classes.player}>
      {more ? (
        <button type="button" className={classes.card} popoverTarget={id} title={player.doubtful ?? undefined}>
          <Card player={player} place={place} />
        </button>
      ) : (
        <div className={classes.card}>
          <Card player={player} place={place} />
        </div>
      )}
      {more && (
        <div id={id} popover="auto" className={classes.detail}>
          <p className={classes.detailName}>
            {player.name}
            <span>
              {[player.club, player.position && POSITIONS[player.position]].filter(Boolean).join(", ")}
            </span>
          </p>
          {player.doubtful && (
            <p className={classes.news}>
              <DoubtSign /> {player.doubtful}
            </p>
          )}
          {player.detail && <p className={classes.facts}>{player.detail}</p>}
        </div>
      )}
    </li>
  );
}

function Card({ player, place }: { player: PitchPlayer; place: string | undefined }) {
  const { name, club, position, captain, vice, points, doubtful } = player;
  return (
    <>
      {place && <span className={classes.place}>{place}</span>}
      <span className={classes.kit}>
        <Shirt keeper={position === "GK"} />
        {(captain || vice) && (
          <span className={classes.badge} data-captain={captain}>
            <span aria-hidden="true">{captain ? "C" : "V"}</span>
            <span className={classes.spoken}>{captain ? "Captain: " : "Vice-captain: "}</span>
          </span>
        )}
        {doubtful && (
          <span className={classes.doubt}>
            <DoubtSign />
            <span className={classes.spoken}>May not play: </span>
          </span>
        )}
      </span>
      <span className={classes.label}>
        <b>{breakable(name)}</b>
        <span className={classes.figures}>
          {club && <span>{club} </span>}
          {points != null && (
            <span className="num">
              {Number.isInteger(points) ? points : points.toFixed(1)}
              <span className={classes.spoken}> points</span>
            </span>
          )}
        </span>
      </span>
    </>
  );
}

/** `B.Fernandes` is too wide for a fifth of a phone: it may break after the initial. */
function breakable(name: string) {
  const [initial, ...rest] = name.split(/(?<=\.)/);
  return (
    <>
      {initial}
      {rest.length > 0 && <wbr />}
      {rest}
    </>
  );
}

/** Club colours and crests belong to the clubs: everyone wears the same, only the goalkeeper has long sleeves. */
function Shirt({ keeper }: { keeper: boolean }) {
  return (
    <svg viewBox="0 0 40 36" className={classes.shirt} data-keeper={keeper} aria-hidden="true" strokeWidth="1.4" strokeLinejoin="round">
      <path d={keeper ? "M14 2 4 6 0.8 24l5.4 1.2L9.6 14v20h20.8V14l3.4 11.2 5.4-1.2L36 6 26 2c-2 3.6-10 3.6-12 0Z" : "M14 2 2.5 7.5 6 17l4-1.5V34h20V15.5l4 1.5 3.5-9.5L26 2c-2 3.6-10 3.6-12 0Z"} />
      <path d="M14 2c2 6 10 6 12 0" fill="none" />
    </svg>
  );
}

function DoubtSign() {
  return (
    <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true" className={classes.doubtSign}>
      <path d="M7 0.8 13.6 12.6H0.4Z" fill="currentColor" />
      <path d="M7 5v3.6M7 10.1v1.1" className={classes.cut} />
    </svg>
  );
}

/** Half a pitch: box and spot above, the centre circle below. */
function Lines() {
  return (
    <svg viewBox="0 0 100 70" preserveAspectRatio="none" className={classes.lines} aria-hidden="true" fill="none">
      <path d="M2 2h96v66H2ZM26 2v14h48V2M39 2v6h22V2M40 16q10 6 20 0M36 68q14-20 28 0" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
