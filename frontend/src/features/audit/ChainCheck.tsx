import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { auditCheckQuery } from "@/api/queries";
import { CopyButton } from "@/components/CopyButton";
import { Failure } from "@/components/PageStates";
import classes from "./audit.module.css";

/** Looks through the whole chain on demand, and shows the head to note. */
export function ChainCheck() {
  const [looked, setLooked] = useState(0);
  const check = useQuery(auditCheckQuery(setLooked));
  const state = check.data;
  const head = state ? `${state.rows}:${state.head}` : "";
  return (
    <section className={classes.check} aria-label="Chain" aria-busy={check.isFetching}>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconShieldCheck size={15} />}
        loading={check.isFetching}
        onClick={() => {
          setLooked(0);
          void check.refetch();
        }}
      >
        Check the chain
      </Button>
      <div role="status" className={classes.result}>
        {check.isFetching && looked > 0 && <p className="muted">{looked} rows fit so far.</p>}
        {!check.isFetching && state?.ok && (
          <>
            <p>
              <IconCircleCheck size={16} aria-hidden="true" /> All {state.rows} rows fit together.
            </p>
            <p className="muted">
              Note the head somewhere else; only against it a cut-off end shows: <code>{head}</code>{" "}
              <CopyButton text={head} label="Copy the head" />
            </p>
          </>
        )}
        {!check.isFetching && state && !state.ok && (
          <p className={classes.broken}>
            <IconAlertTriangle size={16} aria-hidden="true" /> Broken at row {state.broken_at}: {state.problem}
          </p>
        )}
      </div>
      {check.error && <Failure error={check.error} />}
    </section>
  );
}
