import { useQuery } from "@tanstack/react-query";
import { retentionQuery } from "@/api/queries";
import { Section } from "@/components/PageHeader";
import { Failure, Rows } from "@/components/PageStates";
import { formatBytes, formatCount } from "@/lib/time";
import classes from "./settings.module.css";

/** Set where the console is started, so it is only shown here, each with the name that changes it. */
export function RetentionSection() {
  const { data, error, refetch } = useQuery(retentionQuery);
  return (
    <Section title="Retention of logs">
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Rows rows={3} />}
      {data && (
        <>
          <dl className={classes.box}>
            <Row words="A log is kept for" value={`${formatCount(data.log_keep_days)} days`} name="LOG_KEEP_DAYS" />
            <Row words="Jobs with a log, at most" value={formatCount(data.log_keep_jobs)} name="LOG_KEEP_JOBS" />
            <Row words="All logs together, at most" value={formatBytes(data.log_keep_bytes)} name="LOG_KEEP_BYTES" />
            <Row words="The log of one job, at most" value={formatBytes(data.job_log_max_bytes)} name="JOB_LOG_MAX_BYTES" />
          </dl>
          <p className={classes.note}>The oldest go first, and pinned ones never. Set these in the environment or in .env, and start the console again.</p>
        </>
      )}
    </Section>
  );
}

function Row({ words, value, name }: { words: string; value: string; name: string }) {
  return (
    <div className={classes.row}>
      <dt>
        {words} <code className="muted">{name}</code>
      </dt>
      <dd className="num">{value}</dd>
    </div>
  );
}
