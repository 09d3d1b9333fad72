import { type Look, lookOf, type Palette, readPalette } from "./colors";
import { RowNode } from "./rowNode";
import type { Answers, AttemptStart, FromWorker, Piece, Question, SearchState, ShownRow, StreamState, ToWorker, Update } from "./protocol";
import type { Query } from "./search";
import { Scroll } from "./scroll";

/**
 * Draws the rows that are in sight, and no others, into elements that are used again and again. React draws the frame
 * around it and never sees a row: a thousand lines a second would be a thousand renders.
 */

export interface Snapshot {
  rows: number;
  bytes: number;
  stream: StreamState;
  following: boolean;
  /** Rows that came since following was left. */
  newRows: number;
  search: (SearchState & { index: number | null }) | null;
  selection: Selection | null;
}

/** Rows from `from` to `to`, both inside; zero-based. */
export interface Selection {
  from: number;
  to: number;
}

interface Options {
  socketUrl: string;
  rawUrl: string;
  onStatus: (fields: Record<string, unknown>) => void;
  /** The server refused the stream: signed out, or no such job. */
  onRefused: () => void;
}

const OVERSCAN = 30;
const MB = 1_000_000;
const MEMORY = 512 * MB;
const SMALL_DEVICE_MEMORY = 160 * MB;

export class LogView {
  private readonly worker: Worker;
  private readonly listeners = new Set<() => void>();
  private snapshot: Snapshot = {
    rows: 0,
    bytes: 0,
    stream: { state: "connecting" },
    following: true,
    newRows: 0,
    search: null,
    selection: null,
  };
  private asked = 0;
  private readonly answers = new Map<number, (value: never) => void>();

  private scroller: HTMLElement | null = null;
  private layer: HTMLElement | null = null;
  private nodes: RowNode[] = [];
  private scroll: Scroll | null = null;
  private palette: Palette | null = null;
  private looks = new Map<string, Look>();

  private shown: ShownRow[] = [];
  private first = 0;
  private requested = "";
  private drawing = 0;
  private rowsWhenLeft = 0;
  private current: number | null = null;
  private query: Query | null = null;
  private wrap = false;
  private digits = 0;
  private undo: (() => void)[] = [];

  constructor(private readonly options: Options) {
    this.worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      this.receive(data);
    };
    const memory = (navigator as { deviceMemory?: number }).deviceMemory ?? 8;
    this.send({ type: "open", socketUrl: options.socketUrl, rawUrl: options.rawUrl, memory: memory <= 4 ? SMALL_DEVICE_MEMORY : MEMORY });
  }

  // ---- for React

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  getSnapshot = () => this.snapshot;

  /** Takes an element to draw into. Returns what undoes it; the log itself goes on in the worker. */
  attach(scroller: HTMLElement, spacer: HTMLElement, layer: HTMLElement): () => void {
    this.scroller = scroller;
    this.layer = layer;
    this.nodes = [];
    layer.replaceChildren();
    this.scroll = new Scroll(scroller, spacer, {
      moved: (up) => {
        if (up) this.setFollow(false);
        else if (this.scroll?.atEnd) this.setFollow(true);
        this.look();
      },
      resized: () => {
        this.look();
      },
    });
    this.scroll.setWrap(this.wrap);
    this.readTheme();
    const theme = new MutationObserver(() => {
      this.readTheme();
      this.look();
    });
    theme.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    const wake = () => {
      if (document.visibilityState === "visible") this.send({ type: "wake" });
    };
    document.addEventListener("visibilitychange", wake);
    addEventListener("online", wake);
    this.undo = [
      () => {
        theme.disconnect();
      },
      () => {
        document.removeEventListener("visibilitychange", wake);
      },
      () => {
        removeEventListener("online", wake);
      },
    ];
    this.requested = "";
    this.publish();
    this.look();
    return () => {
      for (const step of this.undo) step();
      cancelAnimationFrame(this.drawing);
      this.drawing = 0;
      this.scroll?.destroy();
      this.scroll = null;
      this.scroller = null;
    };
  }

  destroy() {
    this.worker.terminate();
  }

  // ---- what can be done with it

  setAttempts(attempts: AttemptStart[]) {
    this.send({ type: "attempts", attempts });
  }

  setWrap(wrap: boolean) {
    this.wrap = wrap;
    this.scroll?.setWrap(wrap);
    this.look();
  }

  setFollow(following: boolean) {
    if (this.snapshot.following === following) return;
    if (!following) this.rowsWhenLeft = this.snapshot.rows;
    this.change({ following, newRows: 0 });
    if (following) this.scroll?.toEnd();
    this.look();
  }

  toStart() {
    this.setFollow(false);
    this.scroll?.toRow(0);
    this.look();
  }

  reveal(row: number) {
    this.setFollow(false);
    this.scroll?.center(row);
    this.look();
  }

  unfold(row: number) {
    this.send({ type: "unfold", row });
  }

  select(selection: Selection | null) {
    this.change({ selection });
    this.draw();
  }

  search(query: Query | null) {
    this.query = query;
    this.current = null;
    this.change({ search: null });
    this.send({ type: "search", query });
  }

  /** Goes to the next match, or the one before, counted from what is in sight. */
  async step(direction: 1 | -1): Promise<void> {
    if (!this.query) return;
    const from = this.current ?? (direction > 0 ? (this.scroll?.row ?? 0) - 1 : (this.scroll?.row ?? 0));
    const found = await this.ask<"step">({ what: "step", row: from, direction });
    if (!found) return;
    this.current = found.row;
    this.change({ search: { count: found.count, done: this.snapshot.search?.done ?? false, index: found.index } });
    this.reveal(found.row);
    this.draw();
  }

  text(from: number, to: number): Promise<string> {
    return this.ask<"text">({ what: "text", from, to });
  }

  rowAt(byte: number): Promise<number | null> {
    return this.ask<"rowAt">({ what: "rowAt", byte });
  }

  /** Checksum of every byte that is held, to compare with the stored log. */
  sha256(): Promise<string> {
    return this.ask<"sha256">({ what: "sha256" });
  }

  key(key: string): boolean {
    const scroll = this.scroll;
    if (!scroll) return false;
    switch (key) {
      case "Home":
        this.toStart();
        return true;
      case "End":
        this.setFollow(true);
        return true;
      case "PageUp":
        scroll.pages(-1);
        return true;
      case "PageDown":
      case " ":
        scroll.pages(1);
        return true;
      case "ArrowUp":
        scroll.lines(-1);
        return true;
      case "ArrowDown":
        scroll.lines(1);
        return true;
      default:
        return false;
    }
  }

  // ---- inside

  private send(message: ToWorker) {
    this.worker.postMessage(message);
  }

  private ask<K extends keyof Answers>(question: Extract<Question, { what: K }>): Promise<Answers[K]> {
    const id = ++this.asked;
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.send({ type: "ask", id, question });
    });
  }

  private change(change: Partial<Snapshot>) {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }

  private receive(message: FromWorker) {
    switch (message.type) {
      case "update":
        this.update(message);
        break;
      case "status":
        this.options.onStatus(message.fields);
        break;
      case "reply":
        this.answers.get(message.id)?.(message.value as never);
        this.answers.delete(message.id);
    }
  }

  private update({ rows, bytes, stream, search, first, shown }: Update) {
    const refused = stream.state === "refused" && this.snapshot.stream.state !== "refused";
    const { following } = this.snapshot;
    this.first = first;
    this.shown = shown;
    const before = this.snapshot;
    this.change({
      rows,
      bytes,
      // Every message carries fresh objects; equal ones are kept, so that nobody draws for nothing.
      stream: same(before.stream, stream) ? before.stream : stream,
      newRows: following ? 0 : Math.max(0, rows - this.rowsWhenLeft),
      search: keepSearch(before.search, search),
    });
    this.publish();
    if (refused) this.options.onRefused();
    if (this.drawing === 0 && this.scroll) {
      this.drawing = requestAnimationFrame(() => {
        this.drawing = 0;
        this.draw();
        // New rows may have moved the end away from what was asked for.
        this.request();
      });
    }
  }

  /** For tests: how far the log has come, on the element itself. */
  private publish() {
    if (!this.scroller) return;
    const { rows, bytes, stream } = this.snapshot;
    this.scroller.dataset.rows = String(rows);
    this.scroller.dataset.bytes = String(bytes);
    this.scroller.dataset.stream = stream.state;
  }

  /** Draws what is there at once, and asks for what is missing. */
  private look() {
    if (!this.scroll) return;
    this.draw();
    this.request();
  }

  private request() {
    const { scroll } = this;
    if (!scroll) return;
    const count = scroll.visibleRows + 2 * OVERSCAN;
    const { following } = this.snapshot;
    const first = Math.max(0, scroll.row - OVERSCAN);
    // A window that still covers what is in sight serves: fewer questions while scrolling by single lines.
    const key = following ? `follow ${count}` : `${first} ${count}`;
    if (key === this.requested) return;
    this.requested = key;
    this.send({ type: "view", first, count, follow: following });
  }

  private readTheme() {
    if (!this.scroller) return;
    this.palette = readPalette(this.scroller);
    this.looks.clear();
    for (const node of this.nodes) node.key = "";
  }

  private draw() {
    const { scroll, layer, palette, scroller } = this;
    if (!scroll || !layer || !palette || !scroller) return;
    scroll.setRows(this.snapshot.rows);
    const digits = Math.max(3, String(this.snapshot.rows).length);
    if (digits !== this.digits) {
      this.digits = digits;
      scroller.style.setProperty("--digits", String(digits));
    }
    while (this.nodes.length < this.shown.length) {
      const node = new RowNode();
      this.nodes.push(node);
      layer.append(node.element);
    }
    const { selection } = this.snapshot;
    this.nodes.forEach((node, index) => {
      const row = this.shown[index];
      node.element.hidden = row === undefined;
      if (!row) return;
      node.draw(row, (style) => this.lookOf(style, palette));
      node.element.classList.toggle("selected", selection !== null && row.row >= selection.from && row.row <= selection.to);
      node.element.classList.toggle("current", row.row === this.current);
    });
    scroll.place(layer, this.first, this.shown.length, (index) => this.nodes[index]?.element.offsetHeight ?? 0, this.snapshot.following);
  }

  private lookOf(style: NonNullable<Piece["style"]>, palette: Palette): Look {
    const key = JSON.stringify(style);
    let look = this.looks.get(key);
    if (!look) {
      look = lookOf(style, palette);
      this.looks.set(key, look);
    }
    return look;
  }
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function keepSearch(before: Snapshot["search"], now: SearchState | null): Snapshot["search"] {
  if (!now) return null;
  const next = { ...now, index: before?.index ?? null };
  return before && same(before, next) ? before : next;
}
