import { ActionIcon, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconChevronsDown, IconClock, IconCopy, IconDownload, IconSearch, IconTextWrap } from "@tabler/icons-react";
import { formatCount } from "@/lib/time";
import { Size, StreamPill } from "./LiveParts";
import classes from "./log.module.css";
import { Tool } from "./Tool";
import { useView } from "./useView";
import type { LogView, Selection } from "./view";

/** Everything that can be done with the log, by button or by key. */
export interface LogActions {
  search: () => void;
  only: () => void;
  firstError: () => void;
  follow: () => void;
  wrap: () => void;
  times: () => void;
  copy: () => void;
}

interface Props {
  view: LogView;
  jobId: string;
  actions: LogActions;
  wrap: boolean;
  times: boolean;
}

export function Toolbar({ view, jobId, actions, wrap, times }: Props) {
  const following = useView(view, (snapshot) => snapshot.following);
  const selection = useView(view, (snapshot) => snapshot.selection);
  return (
    <div className={classes.bar}>
      <div className={classes.figures}>
        <StreamPill view={view} />
        <span className={`${classes.count} num`}>{selection ? selectionWords(selection) : <Size view={view} />}</span>
      </div>
      <div className={classes.tools} role="group" aria-label="Log tools">
        <Tool label="Search the log (Ctrl+F)" onClick={actions.search} icon={<IconSearch {...ICON} />} />
        <Tool label="Go to the first error (E)" onClick={actions.firstError} icon={<IconAlertTriangle {...ICON} />} />
        <Tool label="When each line was written (T)" pressed={times} onClick={actions.times} icon={<IconClock {...ICON} />} />
        <Tool label="Wrap long lines (W)" pressed={wrap} onClick={actions.wrap} icon={<IconTextWrap {...ICON} />} />
        <Tool label="Follow the end (F)" pressed={following} onClick={actions.follow} icon={<IconChevronsDown {...ICON} />} />
        <Tool label={selection ? "Copy the selected lines (Y)" : "Copy the log (Y)"} onClick={actions.copy} icon={<IconCopy {...ICON} />} />
        <Tooltip label="Download the whole log">
          <ActionIcon component="a" href={`/api/jobs/${jobId}/log/download`} download aria-label="Download the whole log">
            <IconDownload {...ICON} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}

const ICON = { size: 16, stroke: 1.7 };

function selectionWords({ from, to }: Selection): string {
  return from === to ? `Line ${formatCount(from + 1)}` : `Lines ${formatCount(from + 1)} to ${formatCount(to + 1)}`;
}
