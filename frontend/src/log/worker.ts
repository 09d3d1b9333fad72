/// <reference lib="webworker" />
import { LogModel } from "./model";
import type { Answers, FromWorker, Question, StreamState, ToWorker, Update } from "./protocol";
import { type Query, Search } from "./search";
import { LogStream, type Socket } from "./stream";

/** Owns the log: the socket, the bytes, the rows, the search. The page gets the rows it shows, at most 20 times a second. */

declare const self: DedicatedWorkerGlobalScope;

const UPDATE_EVERY = 50;
/** The server answers at most this much of the raw log at once; blocks are smaller. */
const RAW_PAUSE = 2_000;

const model = new LogModel();
const { table } = model;
let stream: LogStream | null = null;
let streamState: StreamState = { state: "connecting" };
let view = { first: 0, count: 100, follow: true };
let search: Search | null = null;
let searching = false;
let rawUrl = "";
let memory = Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;
let sent = 0;
const fetching = new Set<number>();

function post(message: FromWorker) {
  self.postMessage(message);
}

function later() {
  timer ??= setTimeout(update, Math.max(0, sent + UPDATE_EVERY - performance.now()));
}

function update() {
  clearTimeout(timer);
  timer = undefined;
  sent = performance.now();
  const rows = table.count;
  const first = view.follow ? Math.max(0, rows - view.count) : Math.min(view.first, Math.max(0, rows - 1));
  const { rows: shown, missing } = model.shown(first, view.count);
  for (const range of missing) void refetch(range);
  const message: Update = {
    type: "update",
    rows,
    bytes: table.bytes.end,
    stream: streamState,
    search: search && { count: search.count, done: search.done },
    first,
    shown,
  };
  post(message);
}

function setStream(state: StreamState) {
  streamState = state;
  later();
}

function trim() {
  table.bytes.trim(memory, table.startOf(view.follow ? Math.max(0, table.count - 1) : view.first));
}

/** Reads a block again that was given up to keep memory within its limit. */
async function refetch({ start, end }: { start: number; end: number }) {
  if (fetching.has(start)) return;
  fetching.add(start);
  try {
    const response = await fetch(`${rawUrl}?from=${start}&limit=${end - start}`);
    if (response.ok) table.bytes.restore(start, new Uint8Array(await response.arrayBuffer()));
    else await new Promise((resolve) => setTimeout(resolve, RAW_PAUSE));
    trim();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, RAW_PAUSE));
  } finally {
    fetching.delete(start);
    later();
  }
}

function startSearch(query: Query | null) {
  model.setQuery(query && query.text !== "" ? query : null);
  search = query && query.text !== "" ? new Search(query, table) : null;
  lookOn();
  update();
}

const breath = new MessageChannel();

/** Lets messages in between two slices of work. A timer would do, but browsers stretch nested ones to 4 ms. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    breath.port1.onmessage = () => {
      resolve();
    };
    breath.port2.postMessage(null);
  });
}

function latestSearch(): Search | null {
  return search;
}

function lookOn() {
  if (searching || !search) return;
  searching = true;
  void (async () => {
    for (let current = latestSearch(); current; current = latestSearch()) {
      const needed = current.advance();
      if (needed) await Promise.all(table.bytes.missing(needed.start, needed.end).map(refetch));
      later();
      if (search === current && current.done && !needed) break;
      await breathe();
    }
    searching = false;
  })();
}

async function answer(question: Question): Promise<Answers[keyof Answers]> {
  if (question.what === "text") return model.text(question.from, question.to);
  if (question.what === "rowAt") return question.byte < table.bytes.end ? table.rowAt(question.byte) : null;
  if (question.what === "step") {
    const row = search?.step(question.row, question.direction) ?? null;
    return row === null || !search ? null : { row, index: search.before(row), count: search.count };
  }
  const digest = await crypto.subtle.digest("SHA-256", await new Blob([...table.bytes.parts()]).arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function connect(url: string): Socket {
  return new WebSocket(url) as Socket;
}

function open(socketUrl: string) {
  stream?.close();
  stream = new LogStream(
    socketUrl,
    {
      expected: () => table.bytes.end,
      bytes: (bytes, stderr) => {
        table.append(bytes, stderr);
        trim();
        lookOn();
        later();
      },
      gap: (to) => {
        table.gap(to);
        later();
      },
      status: (fields) => {
        post({ type: "status", fields });
      },
      state: setStream,
    },
    connect,
  );
  stream.open();
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "open":
      rawUrl = data.rawUrl;
      memory = data.memory;
      open(data.socketUrl);
      break;
    case "attempts":
      model.setAttempts(data.attempts);
      later();
      break;
    case "view":
      view = data;
      // Scrolling waits for this answer, so it is not held back to the next tick.
      update();
      break;
    case "unfold":
      model.unfold(data.row);
      update();
      break;
    case "search":
      startSearch(data.query);
      break;
    case "wake":
      stream?.wake();
      break;
    case "ask":
      void answer(data.question).then((value) => {
        post({ type: "reply", id: data.id, value });
      });
  }
};
self.addEventListener("online", () => stream?.wake());
