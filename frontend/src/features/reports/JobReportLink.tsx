import { IconChartDots } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { jobReportsQuery } from "@/api/fplQueries";
import classes from "./reports.module.css";
import { TYPE_WORDS } from "./words";

/** What was understood of a job's output: one link a report, nothing while there is none. */
export function JobReportLink({ jobId }: { jobId: string }) {
  const reports = useQuery(jobReportsQuery(jobId)).data ?? [];
  if (reports.length === 0) return null;
  return (
    <span className={classes.links}>
      {reports.map(({ id, type, state }) => (
        <Link key={id} to="/reports/$id" params={{ id }} className="link">
          <IconChartDots size={14} aria-hidden="true" /> Report: {TYPE_WORDS[type].toLowerCase()}
          {state === "not_understood" && " (not understood)"}
        </Link>
      ))}
    </span>
  );
}
