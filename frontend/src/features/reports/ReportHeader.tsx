import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { commandQuery } from "@/api/queries";
import type { ReportHead, ReportWarning, StoredReport } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { Crumbs } from "@/components/Crumbs";
import { Notice } from "@/components/Notice";
import { PageHeader } from "@/components/PageHeader";
import { shortId } from "@/lib/jobWords";
import { formatShort } from "@/lib/time";
import { ProgramText } from "./ProgramText";
import classes from "./reports.module.css";
import { gameweekWords, parameterName, parameterValue, seasonWords, TYPE_WORDS } from "./words";

/** The one sentence of the report, where it comes from, and what makes it less certain than it looks. */
export function ReportHeader({ stored: { head, report }, actions }: { stored: StoredReport; actions?: ReactNode }) {
  // What was expected there belongs to the lines it speaks of, not among the warnings.
  const drift = report.state === "not_understood" ? report.warnings.findLast(({ code, line }) => code === "other" && line === report.not_understood_from) : undefined;
  return (
    <>
      <PageHeader
        tab={`${TYPE_WORDS[head.type]} · ${gameweekWords(head.gameweeks)}`}
        above={<ReportCrumbs here={TYPE_WORDS[head.type]} />}
        title={head.headline}
        actions={actions}
      />
      <Facts head={head} />
      <Warnings jobId={head.job_id} warnings={report.warnings.filter((warning) => warning !== drift)} />
      {report.state === "not_understood" && (
        <NotUnderstood jobId={head.job_id} from={report.not_understood_from} text={report.not_understood_text} why={drift?.message} />
      )}
    </>
  );
}

/** The way back to the reports. */
export function ReportCrumbs({ here }: { here: string }) {
  return (
    <Crumbs to="/reports" parent="Reports">
      {here}
    </Crumbs>
  );
}

function Facts({ head }: { head: ReportHead }) {
  const known = new Map(useQuery(commandQuery(head.command)).data?.parameters.map((parameter) => [parameter.name, parameter]));
  // Only what somebody chose: the defaults are on the job's page, too.
  const asked = Object.entries(head.parameters).filter(([name, value]) => value !== null && value !== "" && value !== false && value !== known.get(name)?.default);
  return (
    <dl className={classes.facts}>
      <div>
        <dt>Made</dt>
        <dd>
          <TimeAgo time={head.completed_at} /> <Clock time={new Date(head.completed_at)} />
        </dd>
      </div>
      <div>
        <dt>By the job</dt>
        <dd>
          <Link to="/jobs/$id" params={{ id: head.job_id }} className="link">
            <code>{head.command}</code> <code>{shortId(head.job_id)}</code>
          </Link>
        </dd>
      </div>
      {head.season !== null && (
        <div>
          <dt>Season</dt>
          <dd className="num">{seasonWords(head.season)}</dd>
        </div>
      )}
      {head.gameweeks.length > 0 && (
        <div>
          <dt>{head.gameweeks.length === 1 ? "Gameweek" : "Gameweeks"}</dt>
          <dd className="num">{gameweekWords(head.gameweeks).replace(/^gameweeks? /, "")}</dd>
        </div>
      )}
      {asked.map(([name, value]) => (
        <div key={name} title={name}>
          <dt>{known.get(name)?.label ?? parameterName(name)}</dt>
          <dd>{parameterValue(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** From a week on the words before it are the date already. */
function Clock({ time }: { time: Date }) {
  const now = new Date();
  if (now.getTime() - time.getTime() >= WEEK) return null;
  return <span className="muted num">{formatShort(time, now)}</span>;
}

export function Warnings({ jobId, warnings }: { jobId: string; warnings: readonly ReportWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <Notice icon={IconAlertTriangle} label={warnings.length === 1 ? "Warning" : "Warnings"} spaced>
      <ul>
        {warnings.map(({ code, message, line }, index) => (
          <li key={`${code}${index}`}>
            {message} {line !== null && <LogLine jobId={jobId} line={line} />}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Lines are counted from 0 by the parser and from 1 where people read them, as in the log viewer. */
function LogLine({ jobId, line, children }: { jobId: string; line: number; children?: ReactNode }) {
  return (
    <Link to="/jobs/$id" params={{ id: jobId }} hash={`L${line + 1}`} className="link">
      {children ?? `Line ${line + 1} of the log`}
    </Link>
  );
}

export function NotUnderstood({ jobId, from, text, why }: { jobId: string; from: number | null; text: string; why?: string | undefined }) {
  return (
    <section className={classes.unknown} aria-labelledby="not-understood">
      <h2 id="not-understood">{from === null ? "The output was not understood" : `The output was not understood from line ${from + 1} on`}</h2>
      <p>
        Its wording is not that of the AIrsenal this console knows. What could be read with certainty is shown; nothing is guessed. The log itself is whole:{" "}
        {from === null ? (
          <Link to="/jobs/$id" params={{ id: jobId }} className="link">
            open the log
          </Link>
        ) : (
          <LogLine jobId={jobId} line={from}>
            open it at line {from + 1}
          </LogLine>
        )}
        .
      </p>
      {why !== undefined && <p>{why}</p>}
      {text !== "" && (
        <ProgramText label="What the program printed">{text}</ProgramText>
      )}
    </section>
  );
}
