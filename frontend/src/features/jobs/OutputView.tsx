import type { Job } from "@/api/types";
import { CopyButton } from "@/components/CopyButton";
import { hasEnded } from "@/api/queries";
import classes from "./job.module.css";

/** What the command's parser made of the log, as data. */
export function OutputView({ job }: { job: Job }) {
  if (job.output === null) {
    return (
      <p className={classes.hint}>
        {hasEnded(job.status) ? "This job left no structured output; everything it said is in its log." : "It appears here when the job has completed."}
      </p>
    );
  }
  const text = JSON.stringify(job.output, null, 2);
  return (
    <div className={classes.output}>
      <CopyButton text={text} label="Copy the output" />
      <pre tabIndex={0} role="region" aria-label="Output">
        {text}
      </pre>
    </div>
  );
}
