import { NativeSelect, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useId, useMemo, useState } from "react";
import type { PredictedPlayer } from "@/api/types";
import { playerColumns, playerKey, sortRows } from "../players";
import { PlayerTable } from "../PlayerTable";
import { POSITIONS, type ReportSearch } from "../search";
import tableClasses from "../table.module.css";
import { formatPoints, gameweekWords, POSITION_WORDS } from "../words";
import { drawByGameweek, drawPositions, drawPrice, quartilesByPosition } from "./draw";
import { Plot } from "./Plot";
import classes from "./plots.module.css";

const TOPS = [5, 10, 20] as const;
const ROW = 28;
const QUARTILES = ["Lowest", "Lower quarter", "Median", "Upper quarter", "Highest"];
// Who is expected to score less than this a gameweek hardly plays; five hundred of them would press every box onto the floor.
const PLAYS = 1;

interface Props {
  players: readonly PredictedPlayer[];
  gameweeks: readonly number[];
  chosen: readonly string[] | undefined;
  onChange: (part: ReportSearch) => void;
}

export default function PredictionPlots({ players, gameweeks, chosen, onChange }: Props) {
  return (
    <div className={classes.plots}>
      <ByGameweek players={players} gameweeks={gameweeks} chosen={chosen} onChange={onChange} />
      <PriceAgainstPoints players={players} gameweeks={gameweeks} />
      <Positions players={players} gameweeks={gameweeks} />
    </div>
  );
}

function ByGameweek({ players, gameweeks, chosen, onChange }: Props) {
  const [top, setTop] = useState<number>(10);
  const best = useMemo(() => sortRows(players, { value: ({ expected_points }: PredictedPlayer) => expected_points }, "descending"), [players]);
  const shown = useMemo(() => (chosen ? best.filter((player) => chosen.includes(playerKey(player))) : best.slice(0, top)), [best, chosen, top]);
  const draw = useMemo(() => drawByGameweek(shown, gameweeks), [shown, gameweeks]);
  const who = chosen ? "the chosen players" : `the ${shown.length} players with the most points`;
  const setChosen = (keys: readonly string[]) => {
    onChange({ chosen: keys.length > 0 ? keys : undefined });
  };
  return (
    <Plot
      title="Points by gameweek"
      caption={`Expected points of ${who} in ${gameweekWords(gameweeks)}; the whole bar is their sum.`}
      draw={draw}
      height={shown.length * ROW + 70}
      file="points-by-gameweek.png"
      controls={
        <div className={classes.controls}>
          {!chosen && (
            <NativeSelect
              aria-label="How many players"
              value={String(top)}
              data={TOPS.map((count) => ({ value: String(count), label: `Best ${count}` }))}
              onChange={(event) => {
                setTop(Number(event.currentTarget.value));
              }}
            />
          )}
          <AddPlayer
            players={best.filter((player) => chosen?.includes(playerKey(player)) !== true)}
            placeholder={chosen ? "Add a player" : "Or choose players"}
            onAdd={(player) => {
              setChosen([...(chosen ?? []), playerKey(player)]);
            }}
          />
          {chosen && <Chosen players={shown} onChange={setChosen} />}
        </div>
      }
      table={() => <Numbers players={shown} gameweeks={gameweeks} />}
    />
  );
}

/** The browser's own list of suggestions: with eight hundred names no other is lighter, and a phone shows it its way. */
function AddPlayer({ players, placeholder, onAdd }: { players: readonly PredictedPlayer[]; placeholder: string; onAdd: (player: PredictedPlayer) => void }) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const named = useMemo(() => new Map(players.map((player) => [`${player.player} (${player.club ?? "–"})`, player])), [players]);
  return (
    <>
      <TextInput
        className={classes.pick}
        aria-label="Add a player"
        placeholder={placeholder}
        list={id}
        value={typed}
        onChange={(event) => {
          const found = named.get(event.currentTarget.value);
          setTyped(found ? "" : event.currentTarget.value);
          if (found) onAdd(found);
        }}
      />
      <datalist id={id}>
        {[...named.keys()].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function Chosen({ players, onChange }: { players: readonly PredictedPlayer[]; onChange: (keys: string[]) => void }) {
  const keys = players.map(playerKey);
  return (
    <ul className={classes.chosen} aria-label="Chosen players">
      {players.map((player) => (
        <li key={playerKey(player)}>
          <button
            type="button"
            aria-label={`Remove ${player.player}`}
            onClick={() => {
              onChange(keys.filter((key) => key !== playerKey(player)));
            }}
          >
            {player.player} <IconX size={12} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Numbers({ players, gameweeks }: { players: readonly PredictedPlayer[]; gameweeks: readonly number[] }) {
  const [sorting, setSorting] = useState({ id: "points", direction: playerColumns(gameweeks)[4]?.first ?? ("descending" as const) });
  return <PlayerTable players={players} gameweeks={gameweeks} filter={{}} sorting={sorting} onSort={setSorting} />;
}

function PriceAgainstPoints({ players, gameweeks }: Pick<Props, "players" | "gameweeks">) {
  const draw = useMemo(() => drawPrice(players), [players]);
  return (
    <Plot
      title="Price against points"
      caption="Each mark is a player who can expect any points. The higher and the further left, the more for the money; named are the best for their price and those with the most points."
      draw={draw}
      height={420}
      file="price-against-points.png"
      table={() => <Numbers players={players} gameweeks={gameweeks} />}
    />
  );
}

function Positions({ players, gameweeks }: Pick<Props, "players" | "gameweeks">) {
  const least = PLAYS * gameweeks.length;
  const quartiles = useMemo(() => quartilesByPosition(players.filter(({ expected_points }) => expected_points >= least)), [players, least]);
  const draw = useMemo(() => drawPositions(quartiles), [quartiles]);
  return (
    <Plot
      title="Points by position"
      caption={`Of players who can expect at least ${least} ${least === 1 ? "point" : "points"}: half of each position lies in the box, the line in it is the median, the ends are the lowest and the highest.`}
      draw={draw}
      height={320}
      file="points-by-position.png"
      table={() => (
        <div className={tableClasses.box} role="region" aria-label="Expected points by position" tabIndex={0}>
          <table className={tableClasses.table}>
            <caption className={tableClasses.spoken}>Expected points by position</caption>
            <thead className={tableClasses.plain}>
              <tr>
                {["Position", "Players", ...QUARTILES].map((name, index) => (
                  <th key={name} scope="col" data-numeric={index > 0 || undefined}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {POSITIONS.map((position) => {
                const found = quartiles[position];
                const numbers = found ? [found.lowest, found.lower, found.median, found.upper, found.highest] : [];
                return (
                  <tr key={position}>
                    <th scope="row">{POSITION_WORDS[position]}</th>
                    <td data-numeric data-label="Players">{found?.count ?? 0}</td>
                    {QUARTILES.map((name, at) => (
                      <td key={name} data-numeric data-label={name}>
                        {numbers[at] === undefined ? "–" : formatPoints(numbers[at])}
                      </td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    />
  );
}
