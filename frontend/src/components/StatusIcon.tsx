import type { ReactNode } from "react";
import type { JobState } from "@/lib/jobWords";
import classes from "./status.module.css";

// Each state has a shape of its own, so that colour is never the only sign.
const SHAPES: Record<JobState, ReactNode> = {
  waiting: <circle cx="8" cy="8" r="6.2" strokeDasharray="2.4 2.5" />,
  retrying: (
    <>
      <path d="M13.6 6.2A6 6 0 1 0 14 9" />
      <path d="M14.2 2.8v3.6h-3.6" />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="6.2" className={classes.track} />
      <path d="M8 1.8A6.2 6.2 0 0 1 14.2 8" className={classes.spin} />
    </>
  ),
  cancelling: (
    <>
      <circle cx="8" cy="8" r="6.2" className={classes.track} />
      <path d="M8 1.8A6.2 6.2 0 0 1 14.2 8" className={classes.spin} />
      <path d="M6 6h4v4H6z" className={classes.solid} />
    </>
  ),
  completed: (
    <>
      <circle cx="8" cy="8" r="7" className={classes.solid} />
      <path d="m5 8.3 2.1 2.1L11.2 6" className={classes.cut} />
    </>
  ),
  failed: (
    <>
      <path d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z" className={classes.solid} />
      <path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" className={classes.cut} />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="m3.8 12.2 8.4-8.4" />
    </>
  ),
};

export function StatusIcon({ state, size = 16 }: { state: JobState; size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      className={`${classes.icon} ${classes[state] ?? ""}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {SHAPES[state]}
    </svg>
  );
}
