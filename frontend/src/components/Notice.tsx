import type { Icon } from "@tabler/icons-react";
import type { AriaRole, ReactNode } from "react";
import classes from "./notice.module.css";

export type Tone = "plain" | "info" | "ok" | "warn" | "bad";

interface Props {
  tone?: Tone;
  icon?: Icon;
  /** A button, at the end of the line. */
  action?: ReactNode;
  /** With room before what comes next; without it the parent's gap is that. */
  spaced?: boolean;
  role?: AriaRole | undefined;
  /** With a name it is a section of the page. */
  label?: string;
  labelledBy?: string;
  children: ReactNode;
}

/** A box that stands out of a page: something to mind, something that went wrong, or how it stands. */
export function Notice({ tone = "warn", icon: Sign, action, spaced, role, label, labelledBy, children }: Props) {
  const Box = label !== undefined || labelledBy !== undefined ? "section" : "div";
  return (
    <Box className={classes.notice} data-tone={tone} data-spaced={spaced} role={role} aria-label={label} aria-labelledby={labelledBy}>
      {Sign && <Sign size={17} aria-hidden="true" />}
      <div>{children}</div>
      {action}
    </Box>
  );
}
