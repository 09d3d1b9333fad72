import { IconAlertTriangleFilled, IconCircleDashed, IconCircleDotted } from "@tabler/icons-react";
import { StatusIcon } from "@/components/StatusIcon";
import { STATE_WORDS, type StepState } from "./words";
import classes from "./airsenal.module.css";

/** A shape of its own for each state, and the word. */
export function StepMark({ state }: { state: StepState }) {
  return (
    <span className={classes.mark} data-state={state}>
      <StepIcon state={state} />
      {STATE_WORDS[state]}
    </span>
  );
}

function StepIcon({ state }: { state: StepState }) {
  if (state === "done") return <StatusIcon state="completed" />;
  if (state === "running" || state === "failed") return <StatusIcon state={state} />;
  if (state === "attention") return <IconAlertTriangleFilled size={16} aria-hidden="true" />;
  const Icon = state === "optional" ? IconCircleDotted : IconCircleDashed;
  return <Icon size={16} stroke={1.8} aria-hidden="true" />;
}
