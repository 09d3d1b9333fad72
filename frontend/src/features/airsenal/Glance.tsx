import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AirsenalStatus } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { formatBytes, formatCount } from "@/lib/time";
import classes from "./airsenal.module.css";
import { PLACES, seasonWords } from "./words";

/** What AIrsenal stands on: its version, and the season, age, size and health of its data. */
export function Glance({ status }: { status: AirsenalStatus }) {
  const { database, version } = status;
  const updated = status.steps.find(({ name }) => name === "update")?.at;
  return (
    <dl className={classes.glance}>
      <Fact name="AIrsenal" note={version && version !== status.wanted_version ? `this console wants ${status.wanted_version}` : undefined}>
        {version ?? "Not installed"}
      </Fact>
      <Fact name="Season" note={database.next_gameweek ? `gameweek ${database.next_gameweek} is next` : undefined}>
        {status.season ? seasonWords(status.season) : "None yet"}
      </Fact>
      <Fact name="Data" note={database.players ? `${formatCount(database.players)} players` : undefined}>
        {updated ? <TimeAgo time={updated} /> : "Never updated"}
      </Fact>
      <Fact name="Database" note={database.predictions ? `${formatCount(database.predictions)} ${database.predictions === 1 ? "prediction" : "predictions"}` : undefined}>
        {database.bytes === null ? "Not built" : formatBytes(database.bytes)}
      </Fact>
      <Fact name="Last integrity check" note={database.checked_at ? <TimeAgo time={database.checked_at} /> : undefined}>
        {INTEGRITY[database.integrity]}
      </Fact>
    </dl>
  );
}

const INTEGRITY: Record<AirsenalStatus["database"]["integrity"], string> = { ok: "Passed", damaged: "Failed", unknown: "Not yet" };

function Fact({ name, children, note }: { name: string; children: ReactNode; note?: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">
        {children}
        {note !== undefined && <span className={classes.note}>{note}</span>}
      </dd>
    </div>
  );
}

const LINKS = [
  { to: PLACES.reports, label: "Reports", what: "predictions and suggestions" },
  { to: PLACES.team, label: "Team", what: "your squad on the pitch" },
  { to: PLACES.chips, label: "Chips", what: "plan a wildcard and the others" },
  { to: PLACES.copies, label: "Database", what: "copies, restore, check" },
];

/** Where the results are. */
export function Places() {
  return (
    <ul className={classes.places}>
      {LINKS.map(({ to, label, what }) => (
        <li key={to}>
          <Link to={to}>
            <b>{label}</b>
            <span>{what}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
