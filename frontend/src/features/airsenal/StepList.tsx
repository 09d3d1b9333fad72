import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useId, useRef, useState } from "react";
import type { AirsenalStatus, SetUpStep } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import classes from "./airsenal.module.css";
import { BuildForm } from "./BuildForm";
import { LoginForm } from "./LoginForm";
import { RunButton } from "./RunButton";
import { RunningJob } from "./RunningJob";
import { StepMark } from "./StepMark";
import { TeamForm } from "./TeamForm";
import { PLACES, RUN_WORDS } from "./words";

/** The steps in order. The next one has its action in place; what is done can be done again beside it. */
export function StepList({ status }: { status: AirsenalStatus }) {
  return (
    <ol className={classes.steps}>
      {status.steps.map((step) => (
        <StepRow key={step.name} step={step} status={status} />
      ))}
    </ol>
  );
}

function StepRow({ step, status }: { step: SetUpStep; status: AirsenalStatus }) {
  const [open, setOpen] = useState(false);
  const title = useId();
  const next = status.next_step === step.name && step.state !== "running";
  // What had the focus goes away with its form or its button: the next Tab leads on from the step.
  const row = useRef<HTMLLIElement>(null);
  const settle = () => {
    row.current?.focus({ preventScroll: true });
  };
  const close = () => {
    settle();
    setOpen(false);
  };
  return (
    <li ref={row} tabIndex={-1} className={classes.step} data-next={next || undefined} aria-labelledby={title} aria-current={next ? "step" : undefined}>
      <div className={classes.stepHead}>
        <div className={classes.what}>
          <h3 id={title}>{step.title}</h3>
          <p>
            {step.detail}
            {step.at && step.state !== "running" && (
              <span className={classes.at}>
                {" · "}
                <TimeAgo time={step.at} />
              </span>
            )}
          </p>
        </div>
        <StepMark state={step.state} />
        {!next && step.state !== "running" && <Beside step={step} status={status} open={open} onToggle={() => { setOpen(!open); }} onStarted={settle} />}
      </div>
      {step.state === "running" && step.job_id && <RunningJob id={step.job_id} />}
      {step.state === "failed" && step.job_id && (
        <Link to="/jobs/$id" params={{ id: step.job_id }} className={`link ${classes.log}`}>
          Log of the job
        </Link>
      )}
      {(next || open) && step.state !== "running" && <Body step={step} status={status} onDone={close} onStarted={settle} />}
    </li>
  );
}

interface BesideProps {
  step: SetUpStep;
  status: AirsenalStatus;
  open: boolean;
  onToggle: () => void;
  onStarted: () => void;
}

/** What can be done with a step that is not the next one. */
function Beside({ step, status, open, onToggle, onStarted }: BesideProps) {
  const [first, again] = RUN_WORDS[step.name];
  if (step.name === "team" || step.name === "login") {
    if (step.state === "to_do" || (step.name === "login" && !status.version && step.state === "optional")) return null;
    const word = open ? "Close" : step.state === "optional" ? first : again;
    const tests = step.name === "login" && step.state !== "optional" && step.command;
    return (
      <div className={classes.beside}>
        {tests && <RunButton command={tests} label="Test the login" onStarted={onStarted} />}
        <Button size="xs" variant="default" aria-expanded={open} onClick={onToggle} aria-label={`${word}: ${step.title}`}>
          {word}
        </Button>
      </div>
    );
  }
  // A new installation and a new database are offered where there is a reason, not beside what is well.
  if (step.state === "to_do" || !step.command || ((step.name === "install" || step.name === "database") && step.state !== "failed")) return null;
  return (
    <div className={classes.beside}>
      <RunButton command={step.command} label={again} onStarted={onStarted} />
    </div>
  );
}

function Body({ step, status, onDone, onStarted }: { step: SetUpStep; status: AirsenalStatus; onDone: () => void; onStarted: () => void }) {
  const { name, command } = step;
  if (name === "team") return <TeamForm onDone={onDone} />;
  if (name === "login") return <LoginForm stored={step.state !== "optional"} onDone={onDone} />;
  if (name === "database") {
    return status.database.exists ? <ToTheDatabase /> : <BuildForm clean={step.state === "failed"} onStarted={onStarted} />;
  }
  if (!command) return null;
  const [first, again] = RUN_WORDS[name];
  return (
    <div className={classes.formBox}>
      <RunButton command={command} label={step.state === "failed" ? again : first} primary options={name !== "install"} onStarted={onStarted} />
    </div>
  );
}

/** A damaged one is not built over: its copies come first. */
function ToTheDatabase() {
  return (
    <div className={classes.formBox}>
      <Link to={PLACES.copies} className="link">
        Copies of the database
      </Link>
    </div>
  );
}
