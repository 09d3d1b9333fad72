import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import type { DataCheckReport, DatabaseReport, LoginReport, StoredReport } from "@/api/types";
import { Section } from "@/components/PageHeader";
import classes from "./checks.module.css";
import { ReportHeader } from "./ReportHeader";
import { OUTCOME_WORDS } from "./words";
import { ProgramText } from "./ProgramText";

// So many errors of one check are shown at once; a broken import can name every fixture of a season.
const ERRORS = 20;
// So few more are not worth a fold.
const FEW = 5;

export function DataCheckView({ stored, report }: { stored: StoredReport; report: DataCheckReport }) {
  // What failed comes first: it is what somebody has to do something about.
  const checks = report.checks.toSorted((a, b) => Number(a.passed) - Number(b.passed));
  return (
    <>
      <ReportHeader stored={stored} />
      {checks.length > 0 && (
        <Section title="Checks">
          <ul className={classes.list}>
            {checks.map(({ name, passed, errors }) => (
              <li key={name} data-passed={passed}>
                {passed ? <IconCircleCheck size={16} aria-hidden="true" /> : <IconCircleX size={16} aria-hidden="true" />}
                <div>
                  <p className={classes.check}>
                    <b>{name}</b> <span className={classes.outcome}>{passed ? "Passed" : errors.length === 1 ? "1 error" : `${errors.length} errors`}</span>
                  </p>
                  <Errors errors={errors} />
                </div>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Errors({ errors }: { errors: readonly string[] }) {
  if (errors.length === 0) return null;
  const shown = errors.length <= ERRORS + FEW ? errors.length : ERRORS;
  const rest = errors.slice(shown);
  return (
    <>
      <List items={errors.slice(0, shown)} />
      {rest.length > 0 && (
        <details className={classes.rest}>
          <summary>{rest.length} more</summary>
          <List items={rest} />
        </details>
      )}
    </>
  );
}

function List({ items }: { items: readonly string[] }) {
  return (
    <ul className={classes.errors}>
      {items.map((item, index) => (
        <li key={index}>{item}</li>
      ))}
    </ul>
  );
}

export function DatabaseView({ stored, report }: { stored: StoredReport; report: DatabaseReport }) {
  return (
    <>
      <ReportHeader stored={stored} />
      {report.stages.length > 0 && (
        <Section title="What it did">
          <ol className={classes.stages}>
            {report.stages.map((stage, index) => (
              <li key={index}>{stage}</li>
            ))}
          </ol>
        </Section>
      )}
      <Printed text={report.summary_text} />
    </>
  );
}

export function LoginView({ stored, report }: { stored: StoredReport; report: LoginReport }) {
  const works = report.outcome === "works";
  return (
    <>
      <ReportHeader stored={stored} />
      <div className={classes.login} data-passed={works}>
        {works ? <IconCircleCheck size={18} aria-hidden="true" /> : <IconCircleX size={18} aria-hidden="true" />}
        <div>
          <p>
            <b>{OUTCOME_WORDS[report.outcome]}</b>
          </p>
          {report.explanation !== "" && <p>{report.explanation}</p>}
        </div>
      </div>
    </>
  );
}

/** The program's own words, folded away: everything in them stands above, in ours. */
export function Printed({ text }: { text: string }) {
  if (text.trim() === "") return null;
  return (
    <details className={classes.printed}>
      <summary>What AIrsenal printed</summary>
      <ProgramText label="What AIrsenal printed">{text}</ProgramText>
    </details>
  );
}
