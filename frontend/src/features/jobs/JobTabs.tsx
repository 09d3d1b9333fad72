import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./job.module.css";

export const TAB_NAMES = ["log", "attempts", "parameters", "output"] as const;
export type JobTab = (typeof TAB_NAMES)[number];

const LABELS: Record<JobTab, string> = { log: "Log", attempts: "Attempts", parameters: "Parameters", output: "Output" };

interface Props {
  tab: JobTab;
  attempts: number;
  onChange: (tab: JobTab) => void;
  panels: Record<JobTab, ReactNode>;
}

export function JobTabs({ tab, attempts, onChange, panels }: Props) {
  return (
    <Tabs
      value={tab}
      onChange={(value) => {
        const next = TAB_NAMES.find((name) => name === value);
        if (next) onChange(next);
      }}
      keepMounted={false}
      // Not React's Activity, which would end the effects of a hidden panel, and with them the log's stream.
      keepMountedMode="display-none"
      classNames={{ root: classes.tabs, list: classes.tabList, tab: classes.tab, panel: classes.panel }}
    >
      <Tabs.List>
        {TAB_NAMES.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {LABELS[name]}
            {name === "attempts" && attempts > 1 && <span className={classes.tabCount}>{attempts}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {TAB_NAMES.map((name) => (
        <Tabs.Panel key={name} value={name} keepMounted={name === "log"} data-panel={name}>
          {panels[name]}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
