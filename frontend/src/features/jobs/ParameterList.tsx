import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { commandQuery } from "@/api/queries";
import type { Job } from "@/api/types";
import { TouchesLabel } from "@/components/JobBits";
import classes from "./job.module.css";

/** What the job was given, with the catalogue's labels where the command still exists. */
export function ParameterList({ job }: { job: Job }) {
  const command = useQuery(commandQuery(job.command)).data;
  const labels = new Map(command?.parameters.map(({ name, label }) => [name, label]));
  const entries = Object.entries(job.parameters);
  return (
    <dl className={classes.values}>
      <div>
        <dt>Command</dt>
        <dd>
          <Link to="/commands/$id" params={{ id: job.command }} className="link">
            {job.title}
          </Link>{" "}
          <TouchesLabel touches={job.touches} />
        </dd>
      </div>
      <div>
        <dt>Lane</dt>
        <dd>
          <code>{job.lane}</code>
          {job.priority !== 0 && <span className="muted"> · priority {job.priority}</span>}
        </dd>
      </div>
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>
            {labels.get(name) ?? name} <code>{name}</code>
          </dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
      {entries.length === 0 && (
        <div>
          <dt>Parameters</dt>
          <dd className="muted">none</dd>
        </div>
      )}
    </dl>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === "") return <span className="muted">not given</span>;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return <code>{typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value)}</code>;
}
