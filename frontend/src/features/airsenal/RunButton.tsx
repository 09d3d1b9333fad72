import { Button } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
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
}

export function RunButton({ command, parameters, label, primary = false, options = false }: Props) {
  const run = useRun();
  return (
    <>
      <div className={classes.buttons}>
        <Button
          color={primary ? "ink" : undefined} variant={primary ? "filled" : "default"} size={primary ? "sm" : "xs"}
          leftSection={primary && <IconPlayerPlay size={15} aria-hidden="true" />} loading={run.isPending}
          onClick={() => {
            run.mutate({ command, ...(parameters ? { parameters } : {}) });
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
      {run.error && <Failure error={run.error} title="The job was not accepted" />}
    </>
  );
}
