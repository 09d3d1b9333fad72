import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { body, client } from "@/api/client";
import { airsenalQuery } from "@/api/fplQueries";
import { hasEnded, JOB_KEYS, jobQuery } from "@/api/queries";
import { JobDuration, StatusLabel } from "@/components/JobBits";
import { JobProgress } from "@/components/JobProgress";
import { jobState } from "@/lib/jobWords";
import { plainText } from "@/log/ansi";
import classes from "./airsenal.module.css";

const LOOK = 2_000;
const LOOKED_AT = 5;

/** A job that does a step of the set-up: how far it is, what it said last, and the way to its page. */
export function RunningJob({ id }: { id: string }) {
  const job = useQuery(jobQuery(id)).data;
  useReadAnewAtTheEnd(job !== undefined && hasEnded(job.status));
  return (
    <div className={classes.running}>
      {job?.status === "running" && <JobProgress progress={job.progress} title={job.title} />}
      <LastLine id={id} live={job?.status === "running"} />
      <p className={classes.runningFoot}>
        {/* The step itself says that it runs. */}
        {job && jobState(job) !== "running" && <StatusLabel job={job} />}
        {job && <JobDuration job={job} />}
        <Link to="/jobs/$id" params={{ id }} className="link">
          Log of the job
        </Link>
      </p>
    </div>
  );
}

function useReadAnewAtTheEnd(ended: boolean) {
  const queryClient = useQueryClient();
  useEffect(() => {
    if (ended) void queryClient.invalidateQueries({ queryKey: airsenalQuery.queryKey });
  }, [ended, queryClient]);
}

function LastLine({ id, live }: { id: string; live: boolean }) {
  const { data } = useQuery({
    queryKey: [...JOB_KEYS.one, id, "last line"],
    queryFn: async ({ signal }) =>
      body(await client.GET("/api/jobs/{job_id}/log", { params: { path: { job_id: id }, query: { from: -LOOKED_AT, limit: LOOKED_AT } }, signal })),
    enabled: live,
    refetchInterval: LOOK,
  });
  const line = lastLine(data?.lines ?? []);
  return line === null ? null : <code className={`${classes.lastLine} truncate`}>{line}</code>;
}

/** The last row that says something, as a terminal shows it: after a carriage return it starts anew. */
export function lastLine(lines: readonly string[]): string | null {
  const rows = lines.flatMap((line) => line.split("\r")).map((row) => plainText(row).trim());
  return rows.findLast((row) => row !== "") ?? null;
}
