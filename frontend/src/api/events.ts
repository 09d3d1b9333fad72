import type { QueryClient } from "@tanstack/react-query";
import { applyChanges, type Change } from "./changes";
import { reportSuccess } from "./connection";
import { setEventsLive } from "./live";
import { sessionQuery } from "./queries";

/**
 * The one stream of changes. While it is live the lists follow it and are polled only rarely; when it is away they are polled
 * as before. It goes on from the last message it had, and where that is not possible everything is read anew.
 */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
/** The server says something every 15 s; a connection that is silent for longer is dead without knowing it. */
const SILENCE = 40_000;
const SESSION_ENDED = 1008;

type Message =
  | { type: "hello"; epoch: string; number: number; resumed: boolean }
  | ({ type: "changes"; number: number } & Change)
  | { type: "reset"; number: number };

export function watchEvents(queryClient: QueryClient): () => void {
  let socket: WebSocket | null = null;
  let epoch = "";
  let number = 0;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  function connect() {
    clearTimeout(timer);
    const address = new URL("/ws/events", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    if (epoch !== "") address.searchParams.set("after", `${epoch}.${number}`);
    const opened = new WebSocket(address);
    socket = opened;
    listen();
    opened.onmessage = ({ data }) => {
      if (socket !== opened || typeof data !== "string") return;
      listen();
      hear(JSON.parse(data) as Message);
    };
    opened.onclose = ({ code }) => {
      if (socket === opened) lost(code);
    };
  }

  function listen() {
    clearTimeout(silence);
    silence = setTimeout(() => {
      lost(0);
    }, SILENCE);
  }

  function hear(message: Message) {
    number = message.number;
    if (message.type === "changes") {
      applyChanges(queryClient, message);
      return;
    }
    if (message.type === "reset") {
      void queryClient.invalidateQueries();
      return;
    }
    const first = epoch === "";
    epoch = message.epoch;
    attempt = 0;
    setEventsLive(true);
    reportSuccess();
    if (message.resumed) return;
    // What was read before this moment may be old. At the start of the page that is next to nothing.
    const now = Date.now();
    void queryClient.invalidateQueries({
      predicate: ({ state }) => !first || (state.dataUpdatedAt > 0 && state.dataUpdatedAt < now && state.fetchStatus === "idle"),
    });
  }

  function lost(code: number) {
    const old = socket;
    socket = null;
    clearTimeout(silence);
    old?.close();
    setEventsLive(false);
    // Over with the session, this answers 401 and leads to the sign-in; otherwise the stream comes back.
    if (code === SESSION_ENDED) void queryClient.query({ ...sessionQuery, staleTime: 0 }).catch(() => undefined);
    clearTimeout(timer);
    timer = setTimeout(connect, Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt) * (0.8 + Math.random() * 0.4));
    attempt += 1;
  }

  /** The network is back, or somebody looks again: no reason to wait. */
  function hurry() {
    if (socket === null && document.visibilityState === "visible") connect();
  }

  connect();
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  return () => {
    removeEventListener("online", hurry);
    document.removeEventListener("visibilitychange", hurry);
    clearTimeout(timer);
    clearTimeout(silence);
    const old = socket;
    socket = null;
    old?.close();
    setEventsLive(false);
  };
}
