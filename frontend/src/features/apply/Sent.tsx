import { IconArrowDownRight, IconArrowUpRight } from "@tabler/icons-react";
import type { ApplyPreview } from "@/api/types";
import classes from "./apply.module.css";
import { CHIP_WORDS } from "./words";

/** What goes to the FPL site. The two columns are lists, not pairs: a defender may go and a goalkeeper come. */
export function Sent({ preview }: { preview: ApplyPreview }) {
  if (preview.command === "set_lineup" && preview.starting_lineup.length === 0) {
    return <p className="muted">A starting eleven, the order of the bench, captain and vice-captain. Which they are is not known before AIrsenal runs.</p>;
  }
  return (
    <div className={classes.sent}>
      {preview.command === "make_transfers" && (
        <div className={classes.moves}>
          <Players title="Out" players={preview.transfers_out} out />
          <Players title="In" players={preview.transfers_in} />
        </div>
      )}
      <dl className={classes.facts}>
        {preview.hit !== null && (
          <Fact name="Points paid">
            <span data-bad={preview.hit > 0 || undefined}>{preview.hit === 0 ? "none" : `−${preview.hit}`}</span>
          </Fact>
        )}
        {preview.bank !== null && <Fact name="Left in the bank">£{preview.bank.toFixed(1)}m</Fact>}
        {(preview.chip !== null || preview.starting_lineup.length > 0) && (
          <Fact name="Chip">{preview.chip === null ? "none" : `${CHIP_WORDS[preview.chip]}, to be played by you`}</Fact>
        )}
        {preview.captain !== null && <Fact name="Captain">{preview.captain}</Fact>}
        {preview.vice_captain !== null && <Fact name="Vice-captain">{preview.vice_captain}</Fact>}
      </dl>
    </div>
  );
}

function Players({ title, players, out = false }: { title: string; players: string[]; out?: boolean }) {
  const Icon = out ? IconArrowDownRight : IconArrowUpRight;
  return (
    <section className={classes.players} data-out={out || undefined} aria-label={title === "Out" ? "Players out" : "Players in"}>
      <h3>
        <Icon size={16} aria-hidden="true" /> {title} <span className="num">{players.length}</span>
      </h3>
      {players.length === 0 ? (
        <p className="muted">Nobody</p>
      ) : (
        <ul>
          {players.map((player) => (
            <li key={player}>{player}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
