import { Button } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { copyText } from "@/lib/clipboard";
import classes from "./security.module.css";

/** Recovery codes in the one moment in which they can be seen. */
export function RecoveryCodeList({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <div className={classes.form}>
      <p>
        Keep these recovery codes where you would find them without your phone. Each one signs you in once, together with your password.{" "}
        <b>They are shown only now.</b>
      </p>
      <ul className={classes.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={classes.buttons}>
        <CopyAll text={codes.join("\n")} />
        <Button color="ink" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}

function CopyAll({ text }: { text: string }) {
  const [words, setWords] = useState("Copy all");
  const copy = async () => {
    setWords((await copyText(text)) ? "Copied" : "Copying is not allowed here");
  };
  return (
    <Button variant="default" className={classes.left} leftSection={<IconCopy size={15} aria-hidden="true" />} onClick={() => void copy()}>
      <span aria-live="polite">{words}</span>
    </Button>
  );
}

export function SecretText({ text, label }: { text: string; label: string }) {
  return (
    <div className={classes.secret}>
      <code aria-label={label}>{text}</code>
      <CopyButton text={text} label={`Copy the ${label.toLowerCase()}`} />
    </div>
  );
}
