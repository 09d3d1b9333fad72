import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { auditCheckQuery } from "@/api/queries";
import { CopyButton } from "@/components/CopyButton";
import { Notice } from "@/components/Notice";
import { Failure } from "@/components/PageStates";
import { formatCount } from "@/lib/time";
import classes from "./audit.module.css";

/** Looks through the whole chain on demand. */
export function useChainCheck() {
  const [looked, setLooked] = useState(0);
  const { data, error, isFetching, refetch } = useQuery(auditCheckQuery(setLooked));
  const start = () => {
    setLooked(0);
    void refetch();
  };
  return { looked, state: isFetching ? undefined : data, error: isFetching ? null : error, busy: isFetching, start };
}

type Chain = ReturnType<typeof useChainCheck>;

export function ChainButton({ chain: { busy, start } }: { chain: Chain }) {
  return (
    <Button variant="default" leftSection={<IconShieldCheck size={15} />} loading={busy} onClick={start}>
      Check the chain
    </Button>
  );
}

/** Nothing until it was asked for; then how it stands, with the head to note. */
export function ChainResult({ chain: { looked, state, error, busy } }: { chain: Chain }) {
  const head = state ? `${state.rows}:${state.head}` : "";
  return (
    <div role="status" aria-busy={busy}>
      {busy && looked > 0 && <p className={classes.looked}>{formatCount(looked)} rows fit so far.</p>}
      {state?.ok && (
        <Notice tone="ok" icon={IconCircleCheck} spaced>
          <p>All {formatCount(state.rows)} rows fit together.</p>
          <p>
            Note the head somewhere else; only against it a cut-off end shows: <code>{head}</code>{" "}
            <CopyButton text={head} label="Copy the head" />
          </p>
        </Notice>
      )}
      {state?.ok === false && (
        <Notice tone="bad" icon={IconAlertTriangle} spaced>
          Broken at row {state.broken_at}: {state.problem}
        </Notice>
      )}
      {error && <Failure error={error} />}
    </div>
  );
}
