import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import classes from "./page.module.css";

/** The way back, above a page's title. */
export function Crumbs({ to, parent, children }: { to: LinkProps["to"]; parent: string; children: ReactNode }) {
  return (
    <p className={classes.crumbs}>
      <Link to={to} className="link">
        {parent}
      </Link>{" "}
      <span aria-hidden="true">/</span> {children}
    </p>
  );
}
