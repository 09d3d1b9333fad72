import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createFileRoute, useLocation, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { ApiError } from "@/api/errors";
import { JOB_KEYS, hasEnded, jobQuery, patchJob, sessionQuery } from "@/api/queries";
import type { Job } from "@/api/types";
import { Failure, PageNotFound, Rows } from "@/components/PageStates";
import { AttemptList } from "@/features/jobs/AttemptList";
import { JobHeader } from "@/features/jobs/JobHeader";
import { OutputView } from "@/features/jobs/OutputView";
import { ParameterList } from "@/features/jobs/ParameterList";
import { type JobTab, JobTabs, TAB_NAMES } from "@/features/jobs/JobTabs";
import classes from "@/features/jobs/job.module.css";
import { type LogAddress, readLogAddress } from "@/log/address";
import { LogViewer } from "@/log/LogViewer";

export const Route = createFileRoute("/_app/jobs/$id")({
  validateSearch: (search: Record<string, unknown>): { tab?: JobTab | undefined } & LogAddress => ({
    tab: TAB_NAMES.find((name) => name === search.tab),
    ...readLogAddress(search),
  }),
  component: JobPage,
});

function JobPage() {
  const { id } = Route.useParams();
  const query = useQuery(jobQuery(id));
  if (query.data) return <JobView job={query.data} key={id} />;
  if (query.error instanceof ApiError && (query.error.status === 404 || query.error.status === 422)) return <PageNotFound />;
  if (query.error) return <Failure error={query.error} title="The job cannot be read" retry={() => void query.refetch()} />;
  return <Rows rows={5} />;
}

function JobView({ job }: { job: Job }) {
  const { tab = "log", ...address } = Route.useSearch();
  const hash = useLocation({ select: (location) => location.hash });
  const navigate = useNavigate({ from: Route.fullPath });
  const queryClient = useQueryClient();
  const { id } = job;

  const change = (part: LogAddress & { tab?: JobTab | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...part }), hash: true, resetScroll: false, replace: true });
  const onStatus = useCallback(
    (fields: Record<string, unknown>) => {
      patchJob(queryClient, id, fields);
      // The end changes more than the stream says (attempts, output, the lists).
      if (hasEnded(fields.status as Job["status"])) {
        void queryClient.invalidateQueries({ queryKey: [...JOB_KEYS.one, id] });
        void queryClient.invalidateQueries({ queryKey: JOB_KEYS.list });
      }
    },
    [queryClient, id],
  );
  const onRefused = useCallback(() => {
    // If the session is over, this answers 401 and leads to the sign-in.
    void queryClient.query({ ...sessionQuery, staleTime: 0 }).catch(() => undefined);
  }, [queryClient]);

  return (
    <div className={classes.page} data-full>
      <JobHeader job={job} />
      <JobTabs
        tab={tab}
        attempts={job.attempts.length}
        onChange={(next) => {
          change({ tab: next === "log" ? undefined : next });
        }}
        panels={{
          // Kept while another tab is open: its stream and the place read to are not lost.
          log: (
            <LogViewer
              jobId={id}
              title={job.title}
              attempts={job.attempts}
              active={tab === "log"}
              hash={hash}
              address={address}
              onAddress={change}
              failed={job.status === "failed"}
              onStatus={onStatus}
              onRefused={onRefused}
              empty={hasEnded(job.status) ? "This job printed nothing." : job.status === "running" ? "Nothing printed yet." : "The log starts when the job does."}
            />
          ),
          attempts: <AttemptList job={job} />,
          parameters: <ParameterList job={job} />,
          output: <OutputView job={job} />,
        }}
      />
    </div>
  );
}
