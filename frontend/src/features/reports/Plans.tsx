import { IconArrowDownRight, IconArrowUpRight } from "@tabler/icons-react";
import type { GameweekPlan } from "@/api/types";
import classes from "./optimisation.module.css";
import { CHIP_WORDS, formatPoints, formatPrice, moveWords } from "./words";

/** One card a gameweek. Who goes and who comes are two lists: AIrsenal swaps no one player for another. */
export function Plans({ plan, freeTransfers, newSquad }: { plan: readonly GameweekPlan[]; freeTransfers: number | null; newSquad: boolean }) {
  return (
    <ol className={classes.plans}>
      {plan.map((week, index) => (
        <li key={week.gameweek}>
          <Plan week={week} freeTransfers={index === 0 ? freeTransfers : null} newSquad={newSquad} />
        </li>
      ))}
    </ol>
  );
}

function Plan({ week, freeTransfers, newSquad }: { week: GameweekPlan; freeTransfers: number | null; newSquad: boolean }) {
  const { gameweek, transfers_out: out, transfers_in: incoming, clubs_out, clubs_in, hit, chip, bank, expected_points } = week;
  return (
    <article className={classes.plan} aria-label={`Gameweek ${gameweek}`}>
      <header>
        <h3>Gameweek {gameweek}</h3>
        {chip && <span className={classes.chip}>{CHIP_WORDS[chip]}</span>}
      </header>
      <p className={classes.moves}>{newSquad ? `${incoming.length} players to buy` : moveWords(incoming.length, out.length, hit)}</p>
      {out.length + incoming.length > 0 && (
        <div className={classes.lists} data-squad={newSquad || undefined}>
          {!newSquad && <Names title="Out" names={out} clubs={clubs_out} />}
          <Names title="In" names={incoming} clubs={clubs_in} />
        </div>
      )}
      <dl>
        <Fact name="Points" value={formatPoints(expected_points, 1)} strong />
        <Fact name="Hit" value={hit > 0 ? `−${hit}` : "none"} />
        {bank !== null && <Fact name="Bank" value={formatPrice(bank)} />}
        {freeTransfers !== null && <Fact name="Free transfers" value={String(freeTransfers)} />}
      </dl>
    </article>
  );
}

/** With the clubs that AIrsenal's database tells: short names repeat. Reports of an older console have none. */
function Names({ title, names, clubs }: { title: "Out" | "In"; names: readonly string[]; clubs: readonly (string | null)[] | undefined }) {
  const Icon = title === "Out" ? IconArrowDownRight : IconArrowUpRight;
  return (
    <div>
      <h4 data-kind={title}>
        <Icon size={14} aria-hidden="true" /> {title}
      </h4>
      {names.length === 0 ? (
        <p className="muted">nobody</p>
      ) : (
        <ul>
          {names.map((name, index) => (
            <li key={`${name}${index}`}>
              {name}
              {clubs?.[index] && <span className="muted"> {clubs[index]}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Fact({ name, value, strong }: { name: string; value: string; strong?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{strong ? <b>{value}</b> : value}</dd>
    </div>
  );
}
