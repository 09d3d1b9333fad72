import classes from "./reports.module.css";

/** A program's own words: text, never markup, scrolled by keyboard too. */
export function ProgramText({ label, children }: { label: string; children: string | null }) {
  return (
    <pre className={classes.programText} role="region" aria-label={label} tabIndex={0}>
      {children}
    </pre>
  );
}
