import { Button } from "@mantine/core";
import { CopyButton } from "@/components/CopyButton";
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
        <span className={classes.left}>
          <CopyButton text={codes.join("\n")} label="Copy all codes" />
        </span>
        <Button color="ink" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
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
