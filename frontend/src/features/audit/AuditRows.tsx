import { Link } from "@tanstack/react-router";
import type { AuditRow } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { shortId } from "@/lib/jobWords";
import classes from "./audit.module.css";
import { detailWords, eventWords } from "./words";

const OF_JOBS = /^(job|log)\.|^secret\.use$/;

export function AuditRows({ rows }: { rows: readonly AuditRow[] }) {
  return (
    <ol className={classes.rows} aria-label="Audit rows, newest first">
      {rows.map((row) => (
        <li key={row.sequence}>
          <span className={classes.kind}>
            {eventWords(row.kind)} <code className={classes.raw}>{row.kind}</code>
          </span>
          <span className={classes.what}>
            <Subject row={row} /> {detailWords(row)}
          </span>
          <span className={classes.who}>
            {row.who || "the console"}
            {row.address && <span className={classes.address}>{row.address}</span>}
          </span>
          <span className={classes.when}>
            <TimeAgo time={row.at} />
          </span>
          <code className={classes.number} title={`Hash ${row.hash}`}>
            {row.sequence}
          </code>
        </li>
      ))}
    </ol>
  );
}

function Subject({ row }: { row: AuditRow }) {
  if (!row.subject) return null;
  return OF_JOBS.test(row.kind) ? (
    <Link to="/jobs/$id" params={{ id: row.subject }} className="link" title={row.subject}>
      <code>{shortId(row.subject)}</code>
    </Link>
  ) : (
    <code>{row.subject}</code>
  );
}
