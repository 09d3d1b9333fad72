import { useMediaQuery } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Attempt } from "@/api/types";
import { copyText } from "@/lib/clipboard";
import { usePreference } from "@/lib/preferences";
import type { LogAddress } from "./address";
import { AttemptTabs } from "./AttemptTabs";
import { LastWords } from "./LastWords";
import { JumpToEnd, Spoken } from "./LiveParts";
import classes from "./log.module.css";
import { LogBox } from "./LogBox";
import { PlainText } from "./PlainText";
import { SearchBar } from "./SearchBar";
import { type LogActions, Toolbar } from "./Toolbar";
import { useLineAddress } from "./useLineAddress";
import { useLogKeys } from "./useLogKeys";
import { useView } from "./useView";
import { LogView } from "./view";

interface Props {
  jobId: string;
  title: string;
  attempts: readonly Attempt[];
  /** Says what went wrong above the log. */
  failed: boolean;
  /** In sight: only then its shortcuts work. */
  active: boolean;
  /** The part of the address behind `#`. */
  hash: string;
  address: LogAddress;
  onAddress: (change: LogAddress) => void;
  /** Said in the middle while there is no line yet. */
  empty: ReactNode;
  onStatus: (fields: Record<string, unknown>) => void;
  onRefused: () => void;
}

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
      logUrl: `${location.origin}/api/jobs/${jobId}/log`,
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

function Viewer({ view, jobId, title, attempts, failed, active, hash, address, onAddress, empty }: Props & { view: LogView }) {
  const selection = useView(view, (snapshot) => snapshot.selection);
  const isEmpty = useView(view, (snapshot) => snapshot.rows === 0 && snapshot.loading === null);
  const { wrap, times, toggleWrap, toggleTimes } = useSettings(view);
  const [searchOpen, setSearchOpen] = useState(address.find !== undefined);
  const { attempt = null, find, only = false } = address;
  const id = useId();
  const focusLog = () => document.getElementById(id)?.focus();

  const starts = JSON.stringify(attempts.map(({ number, first_byte }) => ({ number, firstByte: first_byte })));
  useEffect(() => {
    view.setAttempts(JSON.parse(starts) as { number: number; firstByte: number }[]);
  }, [view, starts]);
  const matches = only && find !== undefined;
  useEffect(() => {
    view.setLens({ attempt, matches });
  }, [view, attempt, matches]);
  useLineAddress(view, selection, hash);

  const closeSearch = () => {
    setSearchOpen(false);
    view.search(null);
    onAddress({ find: undefined, only: undefined });
    focusLog();
  };
  const actions: LogActions = {
    search: () => {
      setSearchOpen(true);
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>("[data-log-search]")?.select());
    },
    only: () => {
      if (find !== undefined) onAddress({ only: only ? undefined : true });
    },
    firstError: () => {
      // It may be none of the lines that match.
      if (only) onAddress({ only: undefined });
      void view.toFirstError().then((found) => {
        if (!found) notifications.show({ message: "No line here looks like an error." });
      });
    },
    follow: () => {
      view.setFollow(!view.getSnapshot().following);
    },
    wrap: toggleWrap,
    times: toggleTimes,
    copy: () => {
      const { selection, rows } = view.getSnapshot();
      void view
        .text(selection?.from ?? 0, (selection?.to ?? rows - 1) + 1)
        .then(copyText)
        .then((done) => {
          notifications.show(done ? { message: selection ? "The lines are copied." : "The log is copied." } : { color: "red", message: "Copying is not allowed here.", autoClose: false });
        });
    },
  };
  useLogKeys(view, actions, active);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Escape" && selection) view.select(null);
    else if (event.key === "Escape" && searchOpen) closeSearch();
    else if (view.key(event.key)) event.preventDefault();
  };

  return (
    <section className={classes.viewer} aria-label="Log">
      {failed && <LastWords jobId={jobId} onFirstError={actions.firstError} />}
      <Toolbar view={view} jobId={jobId} actions={actions} wrap={wrap} times={times} />
      {attempts.length > 1 && (
        <AttemptTabs
          attempts={attempts}
          chosen={attempt}
          controls={id}
          onChoose={(number) => {
            onAddress({ attempt: number ?? undefined });
          }}
        />
      )}
      {searchOpen && (
        <SearchBar
          view={view}
          find={find ?? ""}
          only={only}
          onFind={(text) => {
            if (text !== (find ?? "")) onAddress({ find: text === "" ? undefined : text });
          }}
          onOnly={actions.only}
          onLeave={focusLog}
          onClose={closeSearch}
        />
      )}
      <div className={classes.box}>
        <LogBox view={view} id={id} title={title} wrap={wrap} times={times} onKeyDown={onKeyDown} />
        {isEmpty && <div className={classes.empty}>{empty}</div>}
        <JumpToEnd view={view} />
      </div>
      <Spoken view={view} />
      <PlainText view={view} />
    </section>
  );
}

/** How this browser shows logs; lines are wrapped on a narrow screen until somebody says otherwise. */
function useSettings(view: LogView) {
  const [wrapChoice, setWrapChoice] = usePreference("logWrap");
  const [timesChoice, setTimesChoice] = usePreference("logTimes");
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const wrap = wrapChoice === "auto" ? narrow : wrapChoice === "on";
  const times = timesChoice === "on";
  useEffect(() => {
    view.setWrap(wrap);
  }, [view, wrap]);
  useEffect(() => {
    view.setTimes(times);
  }, [view, times]);
  return {
    wrap,
    times,
    toggleWrap: () => {
      setWrapChoice(wrap ? "off" : "on");
    },
    toggleTimes: () => {
      setTimesChoice(times ? "off" : "on");
    },
  };
}
