import type { UseQueryResult } from "@tanstack/react-query";
import type { Readiness } from "@/api/types";
import classes from "./dashboard.module.css";

const NAMES: Record<string, string> = { database: "Database", queue: "Queue", disk: "Disk" };

/** What readiness says, part by part. Every part has a word beside its sign. */
export function Health({ query }: { query: UseQueryResult<Readiness> }) {
  const checks = Object.entries(query.data?.checks ?? {});
  return (
    <div className={`${classes.card} ${classes.health}`}>
      <dt>System</dt>
      <dd>
        {query.data ? (
          <ul>
            {checks.map(([name, { ok, detail }]) => (
              <li key={name} data-ok={ok}>
                <i aria-hidden="true" />
                <span>{NAMES[name] ?? name}</span>
                <span className={classes.detail} title={detail}>
                  {ok ? detail || "fine" : `Fault: ${detail}`}
                </span>
              </li>
            ))}
          </ul>
        ) : query.isPending ? (
          "…"
        ) : (
          <span className={classes.detail}>not known</span>
        )}
      </dd>
    </div>
  );
}
