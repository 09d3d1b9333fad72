import { Link } from "@tanstack/react-router";
import type { Command } from "@/api/types";
import { TouchesLabel } from "@/components/JobBits";
import { formatLimit } from "@/lib/time";
import classes from "./form.module.css";

/** What is fixed about a command: what it touches, which secrets it gets, how long it may take. */
export function CommandFacts({ command }: { command: Command }) {
  return (
    <dl className={classes.facts}>
      <div>
        <dt>Touches</dt>
        <dd>
          <TouchesLabel touches={command.touches} />
        </dd>
      </div>
      <div>
        <dt>Secrets</dt>
        <dd>
          {command.secrets.length === 0 ? (
            <span className="muted">none</span>
          ) : (
            <ul className={classes.secrets}>
              {command.secrets.map(({ key, is_set, required }) => (
                <li key={key}>
                  <Link to="/secrets" search={{ set: is_set ? undefined : key }} className={is_set ? undefined : "link"}>
                    <code>{key}</code>
                  </Link>
                  <span className={is_set ? classes.set : required ? classes.missing : classes.unset}>
                    {is_set ? "set" : required ? "not set" : "not set, optional"}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </dd>
      </div>
      <div>
        <dt>Time limit</dt>
        <dd>{command.time_limit === null ? <span className="muted">none</span> : formatLimit(command.time_limit)}</dd>
      </div>
      {command.silence_limit != null && (
        <div>
          <dt>Taken to hang</dt>
          <dd>after {formatLimit(command.silence_limit)} without output</dd>
        </div>
      )}
      <div>
        <dt>Tries again</dt>
        <dd>{command.retries === 0 ? <span className="muted">never</span> : command.retries === 1 ? "once" : `${command.retries} times`}</dd>
      </div>
      <div>
        <dt>Lane</dt>
        <dd>
          <code>{command.lane}</code>
        </dd>
      </div>
      <div>
        <dt>If lost</dt>
        <dd>{command.repeatable ? "run again" : "left for you to decide"}</dd>
      </div>
    </dl>
  );
}
