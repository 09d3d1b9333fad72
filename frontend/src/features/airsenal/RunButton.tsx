import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { describeError } from "@/api/errors";
import type { ParameterValues } from "@/api/types";
import { Failure } from "@/components/PageStates";
import classes from "./airsenal.module.css";
import { useRun } from "./useRun";

interface Props {
  command: string;
  parameters?: ParameterValues;
  label: string;
  /** The one action of the page that leads on. */
  primary?: boolean;
  /** Also the way to the command's own form. */
  options?: boolean;
  /** Called before the button goes away for the job's progress. */
  onStarted?: (() => void) | undefined;
}

/** Beside a step there is no room for a reason. */
function tell(error: Error) {
  notifications.show({ color: "red", title: "The job was not accepted", message: describeError(error), autoClose: false });
}

export function RunButton({ command, parameters, label, primary = false, options = false, onStarted }: Props) {
  const run = useRun(onStarted);
  return (
    <>
      <div className={classes.buttons}>
        <Button
          color={primary ? "ink" : undefined} variant={primary ? "filled" : "default"} size={primary ? "sm" : "xs"}
          leftSection={primary && <IconPlayerPlay size={15} aria-hidden="true" />} loading={run.isPending}
          onClick={() => {
            run.mutate({ command, ...(parameters ? { parameters } : {}) }, { onError: primary ? undefined : tell });
          }}
        >
          {label}
        </Button>
        {options && (
          <Link to="/commands/$id" params={{ id: command }} className="link">
            With other settings
          </Link>
        )}
      </div>
      {primary && run.error && <Failure error={run.error} title="The job was not accepted" />}
    </>
  );
}
