import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { commandsQuery } from "@/api/queries";
import type { KeptCopy } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { Empty } from "@/components/PageStates";
import { shortId } from "@/lib/jobWords";
import { formatBytes, formatWithZone } from "@/lib/time";
import classes from "./database.module.css";
import { before, holds } from "./words";

const REASON = "why-no-restore";

export function CopyList({ copies, busy, onRestore }: { copies: readonly KeptCopy[]; busy: boolean; onRestore: (id: string) => void }) {
  const commands = useQuery(commandsQuery).data ?? [];
  if (copies.length === 0) {
    return <Empty title="No copies yet">Before a job’s result replaces the database, the state before it becomes a copy.</Empty>;
  }
  return (
    <>
      {busy && (
        <p id={REASON} className={classes.note}>
          A job of AIrsenal is running: nothing can be restored until it has ended.
        </p>
      )}
      <ol className={classes.copies} aria-label="Copies, newest first">
        {copies.map((copy) => (
          <li key={copy.id}>
            <span className={classes.when}>
              <TimeAgo time={copy.made_at} />
            </span>
            <span className={classes.what}>
              <span className={classes.before}>
                Before {before(copy, commands)}
                {copy.integrity === "damaged" && <span className={classes.tag}>damaged</span>}
              </span>
              <span className={classes.holds}>
                {holds(copy)}
                {copy.job_id !== null && (
                  <>
                    {" · "}
                    <Link to="/jobs/$id" params={{ id: copy.job_id }} className="link">
                      job {shortId(copy.job_id)}
                    </Link>
                  </>
                )}
              </span>
            </span>
            <span className={`${classes.size} num`}>{formatBytes(copy.bytes)}</span>
            <Button
              size="xs"
              variant="default"
              disabled={busy}
              aria-describedby={busy ? REASON : undefined}
              aria-label={`Restore the copy of ${formatWithZone(new Date(copy.made_at))}`}
              onClick={() => { onRestore(copy.id); }}
            >
              Restore…
            </Button>
          </li>
        ))}
      </ol>
    </>
  );
}
