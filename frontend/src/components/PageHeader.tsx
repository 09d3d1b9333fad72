import type { ReactNode } from "react";
import classes from "./page.module.css";

/** Title of the page, in the page and in the tab. */
export function PageHeader({
  title,
  tab,
  above,
  children,
  actions,
}: {
  title: ReactNode;
  tab: string;
  above?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className={classes.header}>
      <title>{`${tab} · AIrsenal Ops Console`}</title>
      <div className={classes.heading}>
        {above}
        <h1>{title}</h1>
        {children}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

export function Section({ title, aside, children, id }: { title: string; aside?: ReactNode; children: ReactNode; id?: string }) {
  return (
    <section className={classes.section} aria-labelledby={id ?? slug(title)}>
      <div className={classes.sectionHead}>
        <h2 id={id ?? slug(title)}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

function slug(title: string): string {
  return `section-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}
