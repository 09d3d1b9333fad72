import { Link } from "@tanstack/react-router";
import type { Job } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { StatusIcon } from "@/components/StatusIcon";
import { attemptState, causeWords } from "@/lib/jobWords";
import { formatCount, formatDuration } from "@/lib/time";
import classes from "./job.module.css";

export function AttemptList({ job }: { job: Job }) {
  return (
    <>
      <Attempts job={job} />
      <p className={classes.hint}>
        <Link to="/audit" search={{ text: job.id }} className="link">
          Who did what to this job
        </Link>
      </p>
    </>
  );
}

function Attempts({ job }: { job: Job }) {
  if (job.attempts.length === 0) return <p className={classes.hint}>It has not started yet.</p>;
  return (
    <ol className={classes.attempts}>
      {job.attempts.toReversed().map((attempt) => (
        <li key={attempt.number} value={attempt.number}>
          <StatusIcon state={attemptState(attempt)} />
          <div className={classes.attemptWhat}>
            <b>Attempt {attempt.number}</b>{" "}
            <span className="muted">{attempt.ended_at ? (causeWords(attempt) ?? "ended") : "running"}</span>
            {attempt.error && <p className="muted">{attempt.error}</p>}
          </div>
          <span className={`${classes.attemptTimes ?? ""} num`}>
            <TimeAgo time={attempt.started_at} />
            {attempt.ended_at && ` · ${formatDuration(Date.parse(attempt.ended_at) - Date.parse(attempt.started_at))}`}
          </span>
          <Link to="/jobs/$id" params={{ id: job.id }} search={{ attempt: attempt.number }} className="link num">
            {attempt.ended_at ? `${formatCount(attempt.lines)} ${attempt.lines === 1 ? "line" : "lines"}` : "Log"}
          </Link>
        </li>
      ))}
    </ol>
  );
}
