import { Modal } from "@mantine/core";
import { useState } from "react";
import { formatCount } from "@/lib/time";
import classes from "./log.module.css";
import type { LogView } from "./view";

const PLAIN_LINES = 1_000;

/** For screen readers: the end of the log as one text that stands still. */
export function PlainText({ view }: { view: LogView }) {
  const [text, setText] = useState<string | null>(null);
  return (
    <>
      <button
        type="button"
        className={classes.plainLink}
        onClick={() => {
          void view.tail(PLAIN_LINES).then(setText);
        }}
      >
        Plain text of the last {formatCount(PLAIN_LINES)} lines
      </button>
      <Modal
        opened={text !== null}
        onClose={() => {
          setText(null);
        }}
        size="xl"
        title="Last lines as plain text"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <pre className={classes.plain} tabIndex={0} role="region" aria-label="Plain text">
          {text}
        </pre>
      </Modal>
    </>
  );
}
