import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { describeError } from "@/api/errors";
import { hasEnded } from "@/api/queries";
import type { Job } from "@/api/types";
import { CopyButton } from "@/components/CopyButton";
import { JobProgress } from "@/components/JobProgress";
import { Countdown, JobDuration, StatusLabel, TimeAgo } from "@/components/JobBits";
import { Notice } from "@/components/Notice";
import { JobReportLink } from "@/features/reports/JobReportLink";
import { causeWords, jobState, shortId, STATE_WORDS } from "@/lib/jobWords";
import { formatDuration, formatShort } from "@/lib/time";
import { JobActions } from "./JobActions";
import classes from "./job.module.css";
import { TeamChange } from "./TeamChange";
import { useCancel } from "./useCancel";
import { useEndNotice } from "./useEndNotice";
import { useFavicon } from "./useFavicon";

const WORTH_SAYING = 5_000;

export function JobHeader({ job }: { job: Job }) {
  const state = jobState(job);
  useFavicon(state);
  useEndNotice(job);
  const cancel = useCancel(job);
  return (
    <header className={classes.header}>
      <title>{`${STATE_WORDS[state]} · ${job.title} · AIrsenal Ops Console`}</title>
      <div className={classes.top}>
        <div className={classes.heading}>
          <p className={classes.crumbs}>
            <Link to="/jobs" className="link">
              Jobs
            </Link>{" "}
            <span aria-hidden="true">/</span>{" "}
            <Link to="/jobs" search={{ command: job.command }} className="link">
              <code>{job.command}</code>
            </Link>
          </p>
          <div className={classes.titleRow}>
            <h1>{job.title}</h1>
            <span role="status">
              <StatusLabel job={job} />
            </span>
          </div>
        </div>
        <JobActions job={job} cancel={cancel} />
      </div>
      <Facts job={job} />
      {job.status === "running" && job.progress && <JobProgress progress={job.progress} title={job.title} />}
      <Explanation job={job} />
      <Warnings texts={job.warnings} />
      <TeamChange job={job} />
      {job.status === "completed" && <JobReportLink jobId={job.id} />}
      {cancel.error !== null && !hasEnded(job.status) && (
        <Notice tone="bad" role="alert">
          It was not cancelled: {describeError(cancel.error)}
        </Notice>
      )}
    </header>
  );
}

function Facts({ job }: { job: Job }) {
  const cause = causeWords(job);
  const waited = job.started_at ? Date.parse(job.started_at) - Date.parse(job.created_at) : 0;
  return (
    <dl className={classes.facts}>
      <div>
        <dt>Id</dt>
        <dd className={classes.id}>
          <code title={job.id}>{shortId(job.id)}</code>
          <CopyButton text={job.id} label="Copy the job's id" />
        </dd>
      </div>
      {!job.started_at && <Moment label="Asked for" time={job.created_at} />}
      {job.started_at && <Moment label="Started" time={job.started_at} />}
      {job.completed_at && <Moment label="Ended" time={job.completed_at} />}
      {waited > WORTH_SAYING && (
        <div className={classes.wide}>
          <dt>Waited</dt>
          <dd className="num">{formatDuration(waited)}</dd>
        </div>
      )}
      {job.started_at && (
        <div>
          <dt>{job.completed_at ? "Took" : "Running for"}</dt>
          <dd>
            <JobDuration job={job} />
          </dd>
        </div>
      )}
      {cause && !job.error && hasEnded(job.status) && (
        <div>
          <dt>How it ended</dt>
          <dd>{cause}</dd>
        </div>
      )}
      {job.attempts.length > 1 && (
        <div>
          <dt>Attempts</dt>
          <dd className="num">
            {job.attempts.length} of {job.max_retries + 1}
          </dd>
        </div>
      )}
      {job.submitted_by && (
        <div className={classes.wide}>
          <dt>By</dt>
          <dd className="truncate">{job.submitted_by}</dd>
        </div>
      )}
    </dl>
  );
}

function Moment({ label, time }: { label: string; time: string }) {
  const date = new Date(time);
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <TimeAgo time={time} /> <span className={`${classes.clock ?? ""} num`}>{formatShort(date, new Date())}</span>
      </dd>
    </div>
  );
}

/** What makes the result less certain than the job's state says. */
function Warnings({ texts }: { texts: readonly string[] }) {
  const [first] = texts;
  if (first === undefined) return null;
  return (
    <Notice icon={IconAlertTriangle} label="Warnings">
      {texts.length === 1 ? (
        <p>{first}</p>
      ) : (
        <ul>
          {texts.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

/** No stream tells the place, so for a moment it may not be known. */
function placeWords({ queue_position: place, lane }: Job): string {
  if (place === null) return `It waits in the lane “${lane}”.`;
  if (place <= 1) return `Next in line in the lane “${lane}”.`;
  return `${place - 1} ${place === 2 ? "job is" : "jobs are"} before it in the lane “${lane}”.`;
}

/** The sentence that says what is going on, or what went wrong. */
function Explanation({ job }: { job: Job }) {
  switch (jobState(job)) {
    case "waiting":
      return (
        <Notice tone="plain">{placeWords(job)}</Notice>
      );
    case "retrying":
      return (
        <Notice>
          Attempt {job.retry_count} of {job.max_retries + 1} failed{job.error ? `: ${job.error}` : "."} It is tried again{" "}
          {job.next_attempt_at && <Countdown to={job.next_attempt_at} none="now" />}.
        </Notice>
      );
    case "cancelling":
      return (
        <Notice>It was asked to stop. If it does not within 10 s, it is killed.</Notice>
      );
    case "failed":
    case "cancelled":
      return job.error ? (
        <Notice tone={job.status === "failed" ? "bad" : "plain"}>{job.error}</Notice>
      ) : null;
    default:
      return null;
  }
}
