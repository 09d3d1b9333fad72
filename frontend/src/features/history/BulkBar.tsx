import { Button, Modal } from "@mantine/core";
import { IconPlayerStop, IconRepeat } from "@tabler/icons-react";
import { useState } from "react";
import type { Job } from "@/api/types";
import classes from "./history.module.css";
import { isCancellable, isRepeatable, useBulkCancel, useBulkRepeat } from "./useBulk";

const LISTED = 8;

/** What can be done with the chosen jobs. Stays in the page while empty, so that its dialog can give the focus back. */
export function BulkBar({ chosen, onClear }: { chosen: readonly Job[]; onClear: () => void }) {
  const [asking, setAsking] = useState(false);
  const cancel = useBulkCancel();
  const repeat = useBulkRepeat();
  const open = chosen.filter(isCancellable);
  const again = chosen.filter(isRepeatable);
  return (
    <>
      <div className={classes.bulk} role="region" aria-label="Chosen jobs" hidden={chosen.length === 0}>
        <span role="status" className="num">
          {chosen.length} chosen
        </span>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerStop size={14} aria-hidden="true" />}
          disabled={open.length === 0}
          onClick={() => {
            setAsking(true);
          }}
        >
          Cancel {open.length > 0 && open.length}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRepeat size={14} aria-hidden="true" />}
          disabled={again.length === 0}
          loading={repeat.isPending}
          onClick={() => {
            repeat.mutate(again, { onSuccess: onClear });
          }}
        >
          Run {again.length > 0 && again.length} again
        </Button>
        <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
          Choose none
        </Button>
      </div>
      <Modal
        opened={asking}
        onClose={() => {
          setAsking(false);
        }}
        title={open.length === 1 ? "Cancel 1 job" : `Cancel ${open.length} jobs`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <p>Waiting ones never start. Running ones are asked to stop, and killed ten seconds later if they do not.</p>
        <ul className={classes.named}>
          {open.slice(0, LISTED).map(({ id, title, status }) => (
            <li key={id}>
              {title} <span className="muted">({status === "running" ? "running" : "waiting"})</span>
            </li>
          ))}
          {open.length > LISTED && <li className="muted">and {open.length - LISTED} more</li>}
        </ul>
        <div className={classes.buttons}>
          <Button
            variant="default"
            data-autofocus
            onClick={() => {
              setAsking(false);
            }}
          >
            Keep them
          </Button>
          <Button
            color="red"
            onClick={() => {
              setAsking(false);
              cancel.mutate(open, { onSuccess: onClear });
            }}
          >
            {open.length === 1 ? "Cancel 1 job" : `Cancel ${open.length} jobs`}
          </Button>
        </div>
      </Modal>
    </>
  );
}
