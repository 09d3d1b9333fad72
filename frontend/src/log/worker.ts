/// <reference lib="webworker" />
import { breathe } from "./breath";
import { Picked, WHOLE } from "./lens";
import { rawReader, timesReader } from "./logReads";
import { LogModel } from "./model";
import type { Answers, FromWorker, Question, StreamState, ToWorker, Update } from "./protocol";
import { Refetch } from "./refetch";
import { type Query, Search } from "./search";
import { attemptsOf, LogStream, type Socket } from "./stream";
import { type ReadRaw, Tail } from "./tail";
import { LogTimes } from "./times";

/** Owns the log: the socket, the bytes, the rows, the search. The page gets the rows it shows, at most 20 times a second. */

declare const self: DedicatedWorkerGlobalScope;

const UPDATE_EVERY = 50;
const ROWS_A_PART = 5_000;

const model = new LogModel();
const { table } = model;
let stream: LogStream | null = null;
let streamState: StreamState = { state: "connecting" };
let view = { first: 0, count: 100, follow: true };
let lens = WHOLE;
let search: Search | null = null;
let searching = false;
let readRaw: ReadRaw;
let times: LogTimes | null = null;
let timesOn = false;
let tail: Tail | null = null;
let memory = Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;
let sent = 0;
let shift = 0;
const blocks = new Refetch(async (start, length) => {
  table.bytes.restore(start, new Uint8Array((await readRaw(start, length)).bytes));
  trim();
}, later);

function post(message: FromWorker) {
  self.postMessage(message);
}

function later() {
  timer ??= setTimeout(update, Math.max(0, sent + UPDATE_EVERY - performance.now()));
}

function picked(): Picked {
  return new Picked(model.range(lens.attempt), lens.matches ? search : null);
}

function update() {
  clearTimeout(timer);
  timer = undefined;
  sent = performance.now();
  if (tail && table.bytes.end >= tail.end) leaveTail();
  // The end of the log alone can be shown as it is, not picked from.
  const ending = tail && lens.attempt === null && !lens.matches ? tail : null;
  ending?.grow(later);
  const source = ending?.model ?? model;
  const rows = ending ? new Picked(source.range(null), null) : picked();
  const first = view.follow ? Math.max(0, rows.count - view.count) : Math.min(view.first, Math.max(0, rows.count - 1));
  const { rows: shown, missing } = source.shown(rows.rows(first, view.count), timesOn ? (byte) => times?.at(byte) ?? null : undefined);
  for (const range of missing) void blocks.read(range);
  const range = model.range(lens.attempt);
  const message: Update = {
    type: "update",
    rows: table.count,
    count: rows.count,
    bytes: table.bytes.end,
    loading: tail ? table.bytes.end / tail.end : null,
    shift,
    stream: streamState,
    search: search && { count: search.before(range.to) - search.before(range.from), done: search.done && !tail },
    first,
    shown: ending ? shown.map((row) => ({ ...row, row: -1 - row.row, key: `tail ${row.key}` })) : shown,
  };
  shift = 0;
  post(message);
}

function setStream(state: StreamState) {
  streamState = state;
  later();
}

// ---- the end first

async function openTail() {
  try {
    const found = await Tail.of(readRaw);
    if (!found || table.bytes.end >= found.end) return;
    tail = found;
    tail.model.setQuery(search?.query ?? null);
    update();
  } catch {
    // Nothing is lost: the whole log is on its way.
  }
}

/** Goes over to the whole log. Who has scrolled up meanwhile keeps the lines that are in sight. */
function leaveTail() {
  if (!tail) return;
  const old = tail.model.table;
  const index = Math.min(view.first, Math.max(0, old.count - 1));
  tail = null;
  if (view.follow) return;
  shift = table.rowAt(old.startOf(index)) - index;
  view = { ...view, first: view.first + shift };
}

// ---- memory

function trim() {
  const rows = picked();
  table.bytes.trim(memory, table.startOf(rows.rowAt(view.follow ? Math.max(0, rows.count - 1) : view.first)));
}

// ---- search

function startSearch(query: Query | null) {
  const wanted = query && query.text !== "" ? query : null;
  model.setQuery(wanted);
  tail?.model.setQuery(wanted);
  search = wanted && new Search(wanted, table);
  lookOn();
  update();
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
      if (needed) await Promise.all(table.bytes.missing(needed.start, needed.end).map(blocks.read));
      later();
      if (search === current && current.done && !needed) break;
      await breathe();
    }
    searching = false;
  })();
}

/** The first row of the attempt in sight, or of the log, that names an error; waits for the log to be there. */
async function firstError(): Promise<number | null> {
  for (let row = model.range(lens.attempt).from; ; ) {
    const step = model.findError({ from: row, to: model.range(lens.attempt).to });
    if (step.found) return step.row;
    if (step.row === row && step.missing.length === 0 && !tail) return null;
    await Promise.all(step.missing.map(blocks.read));
    row = step.row;
    await breathe();
  }
}

// ---- questions

/** In pieces: together they may be more than is kept in memory. */
async function textOf(from: number, to: number): Promise<string> {
  const parts: string[] = [];
  const end = Math.min(to, table.count);
  for (let row = Math.max(0, from); row < end; row += ROWS_A_PART) {
    const until = Math.min(end, row + ROWS_A_PART);
    await Promise.all(model.missing(row, until).map(blocks.read));
    parts.push(model.text(row, until));
  }
  return parts.join("\n");
}

async function step(start: number, direction: 1 | -1): Promise<Answers["step"]> {
  const current = search;
  while (current && current === latestSearch()) {
    const { from, to } = model.range(lens.attempt);
    const row = current.step(start, direction, from, to);
    const before = current.before(from);
    if (row !== null) return { row, index: current.before(row) - before, count: current.before(to) - before };
    // Asked while it still looks: there may be one further on.
    if (current.done) return null;
    await breathe();
  }
  return null;
}

async function answer(question: Question): Promise<Answers[keyof Answers]> {
  switch (question.what) {
    case "text":
      return textOf(question.from, question.to);
    case "tail": {
      const { count } = (tail?.model ?? model).table;
      return tail ? tail.model.text(count - question.rows, count) : textOf(count - question.rows, count);
    }
    case "rowAt":
      return question.byte < table.bytes.end ? table.rowAt(question.byte) : null;
    case "place":
      // Who goes to a line leaves the end. The page must know how many rows there are before it gets the answer.
      tail = null;
      update();
      return picked().indexOf(question.row);
    case "step":
      return step(question.row, question.direction);
    case "firstError":
      return firstError();
    case "sha256": {
      const digest = await crypto.subtle.digest("SHA-256", await new Blob([...table.bytes.parts()]).arrayBuffer());
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    }
  }
}

// ---- the stream

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
        // Known here before the first byte of a new attempt, and not only when the page has drawn it.
        const attempts = attemptsOf(fields);
        if (attempts) model.setAttempts(attempts);
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
      memory = data.memory;
      readRaw = rawReader(data.logUrl);
      times = new LogTimes(timesReader(data.logUrl), later);
      open(data.socketUrl);
      void openTail();
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
    case "lens":
      lens = data.lens;
      update();
      break;
    case "times":
      timesOn = data.on;
      update();
      break;
    case "unfold":
      (data.row < 0 ? tail?.model : model)?.unfold(data.row < 0 ? -1 - data.row : data.row);
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
self.addEventListener("offline", () => stream?.lost());
