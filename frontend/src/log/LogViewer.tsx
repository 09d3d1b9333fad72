import { ActionIcon, Button, Modal, TextInput, Tooltip } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconChevronsDown,
  IconCopy,
  IconDownload,
  IconLetterCase,
  IconSearch,
  IconTextWrap,
  IconX,
} from "@tabler/icons-react";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Attempt } from "@/api/types";
import { copyText } from "@/lib/clipboard";
import { useHotkeys } from "@/lib/hotkeys";
import { usePreference } from "@/lib/preferences";
import { formatBytes, formatCount } from "@/lib/time";
import { useNow } from "@/lib/useNow";
import classes from "./log.module.css";
import type { StreamState } from "./protocol";
import { LogView, type Selection, type Snapshot } from "./view";

interface Props {
  jobId: string;
  title: string;
  attempts: readonly Attempt[];
  /** Said in the middle while there is no line yet. */
  empty: ReactNode;
  onStatus: (fields: Record<string, unknown>) => void;
  onRefused: () => void;
}

const SPOKEN_EVERY = 5_000;
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

/** One value of the view. Twenty updates a second reach only the parts that show what changed. */
function useView<T extends string | number | boolean | object | null>(view: LogView, select: (snapshot: Snapshot) => T): T {
  return useSyncExternalStore(view.subscribe, () => select(view.getSnapshot()));
}

function Viewer({ view, jobId, title, attempts, empty }: Props & { view: LogView }) {
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
  useLineAddress(view, selection);

  const openSearch = () => {
    setSearchOpen(true);
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>("[data-log-search]")?.select());
  };
  const closeSearch = () => {
    setSearchOpen(false);
    view.search(null);
    scroller.current?.focus();
  };
  useHotkeys([
    { keys: "mod+f", label: "Search the log", group: "Log", inFields: true, run: openSearch },
    { keys: "n", label: "Next match", group: "Log", run: () => void view.step(1) },
    { keys: "shift+n", label: "Match before", group: "Log", run: () => void view.step(-1) },
    { keys: "f", label: "Follow the end", group: "Log", run: () => { view.setFollow(!view.getSnapshot().following); } },
    { keys: "w", label: "Wrap long lines", group: "Log", run: () => { setWrapChoice(wrap ? "off" : "on"); } },
  ]);

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

function Tool({ label, icon, onClick, pressed }: { label: string; icon: ReactNode; onClick: () => void; pressed?: boolean }) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label.replace(/ \(.*\)$/, "")}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function Size({ view }: { view: LogView }) {
  const rows = useView(view, (snapshot) => snapshot.rows);
  const bytes = useView(view, (snapshot) => snapshot.bytes);
  return (
    <>
      {formatCount(rows)} {rows === 1 ? "line" : "lines"} · {formatBytes(bytes)}
    </>
  );
}

function JumpToEnd({ view }: { view: LogView }) {
  const newRows = useView(view, ({ following, newRows }) => (following ? 0 : newRows));
  const ended = useView(view, ({ stream }) => stream.state === "ended");
  if (newRows === 0) return null;
  return (
    <Button
      className={classes.jump}
      size="xs"
      color="ink"
      rightSection={<IconArrowDown size={14} aria-hidden="true" />}
      onClick={() => {
        view.setFollow(true);
      }}
    >
      {ended ? "To the end" : `${formatCount(newRows)} new ${newRows === 1 ? "line" : "lines"}`}
    </Button>
  );
}

function StreamPill({ view }: { view: LogView }) {
  const stream = useView(view, (snapshot) => snapshot.stream);
  const waiting = stream.state === "reconnecting";
  const now = useNow(waiting);
  const words: Record<StreamState["state"], string> = {
    connecting: "Connecting",
    live: "Live",
    reconnecting: waiting ? `Reconnecting in ${Math.max(0, Math.ceil((stream.retryAt - now) / 1000))} s` : "",
    offline: "Offline",
    ended: "Complete",
    refused: "No access",
  };
  return (
    <span className={`${classes.pill} num`} data-state={stream.state}>
      {words[stream.state]}
    </span>
  );
}

/** Says how the log goes, at most every few seconds: each line read aloud would be of no use to anybody. */
function Spoken({ view }: { view: LogView }) {
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setInterval(() => {
      const { rows, stream } = view.getSnapshot();
      const end = stream.state === "ended" ? "The log is complete" : stream.state === "live" ? "Live" : "Not connected";
      setWords(`${formatCount(rows)} lines. ${end}.`);
    }, SPOKEN_EVERY);
    return () => {
      clearInterval(timer);
    };
  }, [view]);
  return (
    <p role="status" className={classes.spoken}>
      {words}
    </p>
  );
}

function SearchBar({ view, onClose }: { view: LogView; onClose: () => void }) {
  const [text, setText] = useState("");
  const [caseSensitive, setCaseSensitive] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      view.search(text === "" ? null : { text, caseSensitive });
    }, 120);
    return () => {
      clearTimeout(timer);
    };
  }, [view, text, caseSensitive]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter") void view.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  return (
    <div className={classes.search} role="search">
      <TextInput
        data-log-search
        className={classes.searchInput}
        size="xs"
        aria-label="Search the log"
        placeholder="Search the log"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        spellCheck={false}
        autoComplete="off"
      />
      <span className={`${classes.found} num`} role="status">
        <Found view={view} text={text} />
      </span>
      <span className={classes.grow} />
      <Tool
        label="Match upper and lower case"
        pressed={caseSensitive}
        onClick={() => { setCaseSensitive(!caseSensitive); }}
        icon={<IconLetterCase size={16} stroke={1.7} />}
      />
      <Tool label="Match before (Shift+N)" onClick={() => void view.step(-1)} icon={<IconArrowUp size={16} stroke={1.7} />} />
      <Tool label="Next match (N)" onClick={() => void view.step(1)} icon={<IconArrowDown size={16} stroke={1.7} />} />
      <Tool label="Close the search (Esc)" onClick={onClose} icon={<IconX size={16} stroke={1.7} />} />
    </div>
  );
}

function Found({ view, text }: { view: LogView; text: string }) {
  return foundWords(text, useView(view, (snapshot) => snapshot.search));
}

function foundWords(text: string, state: Snapshot["search"]): string {
  if (text === "" || !state) return "";
  const more = state.done ? "" : "…";
  if (state.count === 0) return state.done ? "No match" : "Searching…";
  const lines = `${formatCount(state.count)}${more} ${state.count === 1 ? "line" : "lines"}`;
  return state.index === null ? lines : `${formatCount(state.index + 1)} of ${lines}`;
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

/** `#L120-L140` in the address: shown when the lines are there, and written when lines are selected. */
function useLineAddress(view: LogView, selection: Selection | null) {
  const wanted = useRef(parseAddress(location.hash));
  useEffect(() => {
    const show = () => {
      if (wanted.current === null || view.getSnapshot().rows <= wanted.current.to) return;
      const selection = wanted.current;
      wanted.current = null;
      view.select(selection);
      view.reveal(selection.from);
    };
    show();
    return view.subscribe(show);
  }, [view]);
  const hash = selection === null ? "" : `#L${selection.from + 1}${selection.to > selection.from ? `-L${selection.to + 1}` : ""}`;
  useEffect(() => {
    if (wanted.current !== null || location.hash === hash) return;
    history.replaceState(history.state, "", `${location.pathname}${location.search}${hash}`);
  }, [hash]);
}

export function parseAddress(hash: string): Selection | null {
  const match = /^#L(\d+)(?:-L?(\d+))?$/.exec(hash);
  if (!match) return null;
  const from = Number(match[1]) - 1;
  const to = match[2] === undefined ? from : Number(match[2]) - 1;
  return from >= 0 && to >= from ? { from, to } : null;
}
