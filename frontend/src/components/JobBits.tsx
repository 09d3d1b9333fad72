import type { Job, Touches } from "@/api/types";
import { jobState, STATE_WORDS, TOUCHES_WORDS } from "@/lib/jobWords";
import { usePreference } from "@/lib/preferences";
import { formatDuration, formatRelative, formatTicking, formatWithZone } from "@/lib/time";
import { useNow } from "@/lib/useNow";
import { StatusIcon } from "./StatusIcon";
import classes from "./status.module.css";

export function StatusLabel({ job }: { job: Pick<Job, "status" | "cancel_requested_at" | "next_attempt_at"> }) {
  const state = jobState(job);
  return (
    <span className={classes.state} data-state={state}>
      <StatusIcon state={state} />
      {STATE_WORDS[state]}
    </span>
  );
}

export function TouchesLabel({ touches }: { touches: Touches }) {
  return <span className={`${classes.touches} ${classes[touches] ?? ""}`}>{TOUCHES_WORDS[touches]}</span>;
}

export function TimeAgo({ time }: { time: string }) {
  const now = useNow();
  // Read again when the zone is changed on the settings page.
  usePreference("timeZone");
  const date = new Date(time);
  return (
    <time className="num" dateTime={time} title={formatWithZone(date)}>
      {formatRelative(date, new Date(now))}
    </time>
  );
}

/** How long the job has run; ticks while it does. A job that waits for its next try shows the time since its first start. */
export function JobDuration({ job }: { job: Pick<Job, "started_at" | "completed_at" | "status"> }) {
  const live = job.completed_at === null && job.started_at !== null;
  const now = useNow(live);
  if (!job.started_at) return null;
  const start = Date.parse(job.started_at);
  return (
    <span className="num">
      {job.completed_at ? formatDuration(Date.parse(job.completed_at) - start) : formatTicking(now - start)}
    </span>
  );
}

/** Seconds until a moment, as words that tick; `none` when it has come. */
export function Countdown({ to, none }: { to: string; none: string }) {
  const now = useNow();
  const left = Math.ceil((Date.parse(to) - now) / 1000);
  return <span className="num">{left > 0 ? `in ${formatTicking(left * 1000)}` : none}</span>;
}
