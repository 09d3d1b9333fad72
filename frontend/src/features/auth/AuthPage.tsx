import type { ReactNode } from "react";
import { Brand } from "@/shell/Brand";
import classes from "./auth.module.css";

export function AuthPage({ title, tab, children }: { title: string; tab: string; children: ReactNode }) {
  return (
    <main className={classes.page} id="main">
      <title>{`${tab} · AIrsenal Ops Console`}</title>
      <div className={classes.card}>
        <div className={classes.brand}>
          <Brand size={32} />
          <span>AIrsenal Ops Console</span>
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
