import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { copyText } from "@/lib/clipboard";
import classes from "./states.module.css";

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = setTimeout(() => {
      setState("idle");
    }, 1500);
    return () => {
      clearTimeout(timer);
    };
  }, [state]);
  const words = state === "done" ? "Copied" : state === "failed" ? "Copying is not allowed here" : label;
  return (
    <>
      <Tooltip label={words}>
        <ActionIcon
          size={26}
          aria-label={label}
          onClick={() => {
            void copyText(text).then((done) => {
              setState(done ? "done" : "failed");
            });
          }}
        >
          {state === "done" ? <IconCheck size={15} /> : <IconCopy size={15} stroke={1.6} />}
        </ActionIcon>
      </Tooltip>
      <span role="status" className={classes.spoken}>
        {state === "idle" ? "" : words}
      </span>
    </>
  );
}
