import { Link } from "@tanstack/react-router";
import type { Job } from "@/api/types";
import { JobProgress } from "@/components/JobProgress";
import { Countdown, JobDuration, StatusLabel, TimeAgo } from "@/components/JobBits";
import { causeWords, jobState, shortId } from "@/lib/jobWords";
import classes from "./jobs.module.css";

interface Props {
  jobs: readonly Job[];
  label: string;
  /** With these, jobs can be chosen. */
  chosen?: ReadonlySet<string>;
  onToggle?: (id: string) => void;
}

/** Dense rows of jobs; on a phone each becomes two lines. The whole row is the link, and one tab stop. */
export function JobTable({ jobs, label, chosen, onToggle }: Props) {
  return (
    <ul className={classes.table} aria-label={label}>
      {jobs.map((job) => (
        <li key={job.id} className={onToggle && classes.choosable} data-chosen={chosen?.has(job.id) === true ? true : undefined}>
          {onToggle && (
            <label className={classes.choose}>
              <input
                type="checkbox"
                checked={chosen?.has(job.id) ?? false}
                onChange={() => {
                  onToggle(job.id);
                }}
                aria-label={`Choose ${job.title} ${shortId(job.id)}`}
              />
            </label>
          )}
          <JobRow job={job} />
        </li>
      ))}
    </ul>
  );
}

function JobRow({ job }: { job: Job }) {
  return (
    <Link to="/jobs/$id" params={{ id: job.id }} className={classes.row} data-job={job.id}>
      <span className={classes.state}>
        <StatusLabel job={job} />
      </span>
      <span className={classes.what}>
        <span className={classes.title}>{job.title}</span>
        <span className={classes.detail}>
          <JobDetail job={job} />
        </span>
      </span>
      <code className={classes.id} title={job.id}>
        {shortId(job.id)}
      </code>
      <span className={classes.duration}>
        <JobDuration job={job} />
      </span>
      <span className={classes.when}>
        <TimeAgo time={job.created_at} />
      </span>
      {job.status === "running" && job.progress && (
        <span className={classes.progress}>
          <JobProgress progress={job.progress} title={job.title} compact />
        </span>
      )}
    </Link>
  );
}

/** The one thing worth knowing about a job in this state. */
function JobDetail({ job }: { job: Job }) {
  switch (jobState(job)) {
    case "waiting":
      return job.queue_position === null ? null : job.queue_position <= 1 ? "next in line" : `${job.queue_position - 1} before it`;
    case "retrying":
      return job.next_attempt_at ? (
        <>
          try {job.retry_count + 1} of {job.max_retries + 1} <Countdown to={job.next_attempt_at} none="now" />
        </>
      ) : null;
    case "failed":
      return causeWords(job);
    default: {
      const { length } = job.warnings;
      const parameters = parameterWords(job.parameters);
      if (length === 0) return parameters;
      return (
        <>
          <span className={classes.warned}>{length === 1 ? "1 warning" : `${length} warnings`}</span>
          {parameters && ` · ${parameters}`}
        </>
      );
    }
  }
}

/** `weeks_ahead 3 · sampling`: what was asked for, short. */
export function parameterWords(parameters: Record<string, unknown>): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== null && value !== false && value !== "")
    .map(([name, value]) => (value === true ? name : `${name} ${typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value)}`))
    .join(" · ");
}
