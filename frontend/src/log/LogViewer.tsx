import { ActionIcon, Modal, Tooltip } from "@mantine/core";
import { IconChevronsDown, IconCopy, IconDownload, IconSearch, IconTextWrap } from "@tabler/icons-react";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { Attempt } from "@/api/types";
import { copyText } from "@/lib/clipboard";
import { type Hotkey, useHotkeys } from "@/lib/hotkeys";
import { usePreference } from "@/lib/preferences";
import { formatCount } from "@/lib/time";
import { JumpToEnd, Size, Spoken, StreamPill } from "./LiveParts";
import classes from "./log.module.css";
import { SearchBar } from "./SearchBar";
import { Tool } from "./Tool";
import { useLineAddress } from "./useLineAddress";
import { useView } from "./useView";
import { LogView, type Selection } from "./view";

interface Props {
  jobId: string;
  title: string;
  attempts: readonly Attempt[];
  /** In sight: only then its shortcuts work. */
  active: boolean;
  /** The part of the address behind `#`. */
  hash: string;
  /** Said in the middle while there is no line yet. */
  empty: ReactNode;
  onStatus: (fields: Record<string, unknown>) => void;
  onRefused: () => void;
}

const PLAIN_LINES = 1_000;

export function LogViewer(props: Props) {
  const { jobId, onStatus, onRefused } = props;
  const handlers = useRef({ onStatus, onRefused });
  useEffect(() => {
    handlers.current = { onStatus, onRefused };
  });
  const [view, setView] = useState<LogView | null>(null);
  useEffect(() => {
    const created = new LogView({
      socketUrl: `${location.origin.replace(/^http/, "ws")}/ws/jobs/${jobId}`,
      rawUrl: `${location.origin}/api/jobs/${jobId}/log/raw`,
      onStatus: (fields) => {
        handlers.current.onStatus(fields);
      },
      onRefused: () => {
        handlers.current.onRefused();
      },
    });
    setView(created);
    return () => {
      created.destroy();
    };
  }, [jobId]);
  return view && <Viewer {...props} view={view} key={jobId} />;
}

function Viewer({ view, jobId, title, attempts, active, hash, empty }: Props & { view: LogView }) {
  const following = useView(view, (snapshot) => snapshot.following);
  const selection = useView(view, (snapshot) => snapshot.selection);
  const isEmpty = useView(view, (snapshot) => snapshot.rows === 0);
  const scroller = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const [wrapChoice, setWrapChoice] = usePreference("logWrap");
  const wrap = wrapChoice === "on";
  const [searchOpen, setSearchOpen] = useState(false);
  const [plain, setPlain] = useState<string | null>(null);

  useEffect(() => {
    const { current: box } = scroller;
    if (!box || !spacer.current || !layer.current) return undefined;
    // For tests: what the viewer holds can be compared with what the server stored.
    Object.assign(box, { logSha256: () => view.sha256() });
    return view.attach(box, spacer.current, layer.current);
  }, [view]);
  useEffect(() => {
    view.setWrap(wrap);
  }, [view, wrap]);
  const starts = JSON.stringify(attempts.map(({ number, first_byte }) => ({ number, firstByte: first_byte })));
  useEffect(() => {
    view.setAttempts(JSON.parse(starts) as { number: number; firstByte: number }[]);
  }, [view, starts]);
  useLineAddress(view, selection, hash, attempts);

  const openSearch = () => {
    setSearchOpen(true);
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>("[data-log-search]")?.select());
  };
  const closeSearch = () => {
    setSearchOpen(false);
    view.search(null);
    scroller.current?.focus();
  };
  const hotkeys: Hotkey[] = [
    { keys: "mod+f", label: "Search the log", group: "Log", inFields: true, run: openSearch },
    { keys: "n", label: "Next match", group: "Log", run: () => void view.step(1) },
    { keys: "shift+n", label: "Match before", group: "Log", run: () => void view.step(-1) },
    { keys: "f", label: "Follow the end", group: "Log", run: () => { view.setFollow(!view.getSnapshot().following); } },
    { keys: "w", label: "Wrap long lines", group: "Log", run: () => { setWrapChoice(wrap ? "off" : "on"); } },
  ];
  useHotkeys(active ? hotkeys : []);

  const copy = () => {
    const { selection, rows } = view.getSnapshot();
    void view.text(selection?.from ?? 0, (selection?.to ?? rows - 1) + 1).then(copyText);
  };

  return (
    <section className={classes.viewer} aria-label="Log">
      <div className={classes.bar}>
        <StreamPill view={view} />
        <span className={`${classes.count} num`}>{selection ? selectionWords(selection) : <Size view={view} />}</span>
        <span className={classes.grow} />
        <Tool label="Search the log (Ctrl+F)" onClick={openSearch} icon={<IconSearch size={16} stroke={1.7} />} />
        <Tool
          label="Wrap long lines (W)"
          pressed={wrap}
          onClick={() => { setWrapChoice(wrap ? "off" : "on"); }}
          icon={<IconTextWrap size={16} stroke={1.7} />}
        />
        <Tool
          label="Follow the end (F)"
          pressed={following}
          onClick={() => { view.setFollow(!following); }}
          icon={<IconChevronsDown size={16} stroke={1.7} />}
        />
        <Tool label={selection ? "Copy the selected lines" : "Copy the log"} onClick={copy} icon={<IconCopy size={16} stroke={1.7} />} />
        <Tooltip label="Download the whole log">
          <ActionIcon component="a" href={`/api/jobs/${jobId}/log/download`} download aria-label="Download the whole log">
            <IconDownload size={16} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </div>
      {searchOpen && <SearchBar view={view} onClose={closeSearch} />}
      <div className={classes.box}>
        {/* The region scrolls by keyboard, so it has to take the focus. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <div
          ref={scroller}
          className={`${classes.scroller} ${wrap ? (classes.wrap ?? "") : ""}`}
          role="log"
          aria-label={`Log of ${title}`}
          aria-live="off"
           
          tabIndex={0}
          onKeyDown={(event) => {
            onViewerKey(event, view);
          }}
          onClick={(event) => {
            onViewerClick(event, view);
          }}
        >
          <div ref={spacer} className={classes.spacer}>
            <div className={classes.stick}>
              <div ref={layer} className={classes.layer} />
            </div>
          </div>
        </div>
        {isEmpty && <div className={classes.empty}>{empty}</div>}
        <JumpToEnd view={view} />
      </div>
      <Spoken view={view} />
      <button
        type="button"
        className={classes.spoken}
        onClick={() => {
          const { rows } = view.getSnapshot();
          void view.text(Math.max(0, rows - PLAIN_LINES), rows).then(setPlain);
        }}
      >
        Plain text of the last {formatCount(PLAIN_LINES)} lines
      </button>
      <Modal
        opened={plain !== null}
        onClose={() => { setPlain(null); }}
        size="xl"
        title="Last lines as plain text"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <pre className={classes.plain} tabIndex={0} role="region" aria-label="Plain text">
          {plain}
        </pre>
      </Modal>
    </section>
  );
}

function selectionWords({ from, to }: Selection): string {
  return from === to ? `Line ${formatCount(from + 1)}` : `Lines ${formatCount(from + 1)} to ${formatCount(to + 1)}`;
}

function onViewerKey(event: KeyboardEvent, view: LogView) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") view.select(null);
  else if (view.key(event.key)) event.preventDefault();
}

/** A press on a line number selects it, with Shift the lines up to it; a press on "show all" unfolds a row. */
function onViewerClick(event: MouseEvent, view: LogView) {
  if (!(event.target instanceof HTMLElement)) return;
  const { unfold } = event.target.dataset;
  if (unfold !== undefined) view.unfold(Number(unfold));
  if (!event.target.classList.contains("no")) return;
  const row = Number(event.target.parentElement?.dataset.row);
  const { selection } = view.getSnapshot();
  if (event.shiftKey && selection) view.select({ from: Math.min(selection.from, row), to: Math.max(selection.to, row) });
  else view.select(selection?.from === row && selection.to === row ? null : { from: row, to: row });
}
