import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReportHead } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { shortId } from "@/lib/jobWords";
import classes from "./reports.module.css";
import { TYPE_WORDS } from "./words";

interface Props {
  reports: readonly ReportHead[];
  chosen: ReadonlySet<string>;
  onToggle: (id: string) => void;
}

/** Newest first. Of predictions two can be chosen, to be compared. */
export function ReportList({ reports, chosen, onToggle }: Props) {
  return (
    <ul className={classes.list} aria-label="Reports, newest first">
      {reports.map((report) => (
        <li key={report.id} data-chosen={chosen.has(report.id) || undefined}>
          <span className={classes.choose}>
            {report.type === "prediction" && report.state === "complete" && (
              <label>
                <input
                  type="checkbox"
                  checked={chosen.has(report.id)}
                  onChange={() => {
                    onToggle(report.id);
                  }}
                  aria-label={`Choose to compare: ${report.headline}`}
                />
              </label>
            )}
          </span>
          <span className={classes.type}>{TYPE_WORDS[report.type]}</span>
          <span className={classes.what}>
            <Link to="/reports/$id" params={{ id: report.id }} className={classes.headline} data-report={report.id}>
              {report.headline}
            </Link>
            <ReportState report={report} />
          </span>
          <Link to="/jobs/$id" params={{ id: report.job_id }} className={`link ${classes.job ?? ""}`} aria-label={`Job ${shortId(report.job_id)} of this report`}>
            Job <code>{shortId(report.job_id)}</code>
          </Link>
          <span className={classes.when}>
            <TimeAgo time={report.completed_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function ReportState({ report: { state, not_understood_from, warnings } }: { report: ReportHead }) {
  if (state === "not_understood") {
    return (
      <span className={classes.state} data-tone="bad">
        <IconHelpCircle size={14} aria-hidden="true" />
        Not understood{not_understood_from !== null && ` from line ${not_understood_from + 1}`}
      </span>
    );
  }
  const [first, ...others] = warnings;
  if (!first) {
    return (
      <span className={classes.state} data-tone="ok">
        <IconCircleCheck size={14} aria-hidden="true" />
        Complete
      </span>
    );
  }
  return (
    <span className={classes.state} data-tone="warn" title={warnings.map(({ message }) => message).join("\n")}>
      <IconAlertTriangle size={14} aria-hidden="true" />
      <span className={classes.warning}>{first.message}</span>
      {others.length > 0 && <span className={classes.others}>and {others.length} more</span>}
    </span>
  );
}
