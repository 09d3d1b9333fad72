import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { formatBytes, formatCount } from "@/lib/time";
import { useNow } from "@/lib/useNow";
import classes from "./log.module.css";
import type { StreamState } from "./protocol";
import { useView } from "./useView";
import type { LogView } from "./view";

// The parts that change while the log grows, each by itself, so that the rest is not drawn again with them.

const SPOKEN_EVERY = 5_000;

export function Size({ view }: { view: LogView }) {
  const loading = useView(view, (snapshot) => snapshot.loading && Math.floor(snapshot.loading * 100));
  const rows = useView(view, (snapshot) => snapshot.rows);
  const bytes = useView(view, (snapshot) => snapshot.bytes);
  if (loading !== null) return <>The end · {loading} % of the rest</>;
  return (
    <>
      {formatCount(rows)} {rows === 1 ? "line" : "lines"} · {formatBytes(bytes)}
    </>
  );
}

export function JumpToEnd({ view }: { view: LogView }) {
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

export function StreamPill({ view }: { view: LogView }) {
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
export function Spoken({ view }: { view: LogView }) {
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
