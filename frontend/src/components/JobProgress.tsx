import type { Job } from "@/api/types";
import { formatCount, formatLeft } from "@/lib/time";
import { useNow } from "@/lib/useNow";
import classes from "./progress.module.css";

type Progress = NonNullable<Job["progress"]>;

interface Props {
  /** Null: it runs, and says nothing of how far it is. */
  progress: Progress | null;
  /** What to call it while there is no progress, and in words for a screen reader: the job's title. */
  title: string;
  /** For a row of a list: thinner, and without what is being done. */
  compact?: boolean;
}

/** How far a running job is: `12 of 26 strategies · about 3 min left`. */
export function JobProgress({ progress, title, compact = false }: Props) {
  const now = useNow(progress?.ends_at != null);
  const measured = progress !== null && progress.total > 0 ? progress : null;
  const words = measured && progressWords(measured, now);
  const label = measured ? `${title}: ${measured.label}` : title;
  return (
    <div className={compact ? `${classes.progress} ${classes.compact}` : classes.progress}>
      {words !== null && (
        <div className={classes.words}>
          {!compact && <span className={classes.label}>{measured?.label}</span>}
          <span className="num">{words}</span>
        </div>
      )}
      {measured ? (
        <div
          role="progressbar" className={classes.track} aria-label={label} aria-valuetext={words ?? undefined}
          aria-valuemin={0} aria-valuemax={measured.total} aria-valuenow={done(measured)}
        >
          <div className={classes.bar} style={{ width: `${(100 * done(measured)) / measured.total}%` }} />
        </div>
      ) : (
        <div role="progressbar" className={classes.track} aria-label={label}>
          <div className={`${classes.bar} ${classes.unknown}`} />
        </div>
      )}
    </div>
  );
}

function done({ done: count, total }: Progress): number {
  return Math.min(Math.max(count, 0), total);
}

export function progressWords(progress: Progress, now: number): string {
  const counted = `${formatCount(done(progress))} of ${formatCount(progress.total)} ${progress.unit}`;
  return progress.ends_at === null ? counted : `${counted} · ${formatLeft(Date.parse(progress.ends_at) - now)}`;
}
