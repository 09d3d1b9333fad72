import { LogClient } from "./client";
import { type Lens, WHOLE } from "./lens";
import { Painter, type Selection } from "./painter";
import type { AttemptStart, FromWorker, ShownRow, Update } from "./protocol";
import type { Query } from "./search";
import { Scroll, scrollByKey } from "./scroll";
import { keepSearch, same, SnapshotStore } from "./snapshot";

export type { Selection } from "./painter";
export type { Snapshot } from "./snapshot";

/**
 * The log on the page: where the eye is, what is followed, searched and selected. React draws the frame around it and never
 * sees a row: a thousand lines a second would be a thousand renders.
 */

interface Options {
  socketUrl: string;
  logUrl: string;
  onStatus: (fields: Record<string, unknown>) => void;
  /** The server refused the stream: signed out, or no such job. */
  onRefused: () => void;
}

const OVERSCAN = 30;
const MB = 1_000_000;
const MEMORY = 512 * MB;
const SMALL_DEVICE_MEMORY = 160 * MB;

export class LogView {
  private readonly client: LogClient;
  private readonly seen = new SnapshotStore();

  private scroller: HTMLElement | null = null;
  private painter: Painter | null = null;
  private scroll: Scroll | null = null;

  private shown: ShownRow[] = [];
  private first = 0;
  /** Rows that can be scrolled through. */
  private count = 0;
  private requested = "";
  private drawing = 0;
  private countWhenLeft = 0;
  private current: number | null = null;
  /** The end of the selection that Shift and an arrow move. */
  private head = 0;
  private query: Query | null = null;
  private lens = WHOLE;
  private wrap = false;

  constructor(private readonly options: Options) {
    this.client = new LogClient((message) => {
      this.receive(message);
    });
    const memory = (navigator as { deviceMemory?: number }).deviceMemory ?? 8;
    const { socketUrl, logUrl } = options;
    this.client.send({ type: "open", socketUrl, logUrl, memory: memory <= 4 ? SMALL_DEVICE_MEMORY : MEMORY });
  }

  // ---- for React

  readonly subscribe = this.seen.subscribe;
  readonly getSnapshot = () => this.seen.now;

  /** Takes an element to draw into. Returns what undoes it; the log itself goes on in the worker. */
  attach(scroller: HTMLElement, spacer: HTMLElement, layer: HTMLElement): () => void {
    const painter = new Painter(scroller, layer, () => {
      this.look();
    });
    const scroll = new Scroll(scroller, spacer, {
      moved: (up) => {
        if (up) this.setFollow(false);
        else if (scroll.atEnd) this.setFollow(true);
        this.look();
      },
      resized: () => {
        this.look();
      },
    });
    this.scroller = scroller;
    this.painter = painter;
    this.scroll = scroll;
    scroll.setWrap(this.wrap);
    const wake = () => {
      if (document.visibilityState === "visible") this.client.send({ type: "wake" });
    };
    document.addEventListener("visibilitychange", wake);
    addEventListener("online", wake);
    this.requested = "";
    this.publish();
    this.look();
    return () => {
      document.removeEventListener("visibilitychange", wake);
      removeEventListener("online", wake);
      cancelAnimationFrame(this.drawing);
      this.drawing = 0;
      painter.destroy();
      scroll.destroy();
      this.painter = this.scroll = this.scroller = null;
    };
  }

  destroy() {
    this.client.destroy();
  }

  // ---- what can be done with it

  setAttempts(attempts: AttemptStart[]) {
    this.client.send({ type: "attempts", attempts });
  }

  setWrap(wrap: boolean) {
    this.wrap = wrap;
    this.scroll?.setWrap(wrap);
    this.look();
  }

  setTimes(on: boolean) {
    this.client.send({ type: "times", on });
    // Rows become wider or narrower, and so, when wrapped, higher or lower.
    this.scroll?.forget();
  }

  setFollow(following: boolean) {
    if (this.seen.now.following === following) return;
    if (!following) this.countWhenLeft = this.count;
    this.seen.change({ following, newRows: 0 });
    if (following) this.scroll?.toEnd();
    this.look();
  }

  /** Shows only a part of the log. What is read stays in sight if it is in that part. */
  setLens(lens: Lens) {
    if (same(this.lens, lens)) return;
    const anchor = this.current ?? this.topRow;
    const attemptChanged = lens.attempt !== this.lens.attempt;
    this.lens = lens;
    this.scroll?.forget();
    this.client.send({ type: "lens", lens });
    this.requested = "";
    if (attemptChanged) this.setFollow(true);
    if (this.seen.now.following) return;
    // Nothing counts as new until it is known how many rows there are.
    this.countWhenLeft = Infinity;
    void this.reveal(anchor ?? -1).then(() => {
      this.countWhenLeft = this.count;
    });
  }

  toStart() {
    void this.reveal(-1);
  }

  /** Brings a row of the log into the middle; -1 is the first of those that can be seen. */
  async reveal(row: number): Promise<void> {
    const place = await this.client.ask<"place">({ what: "place", row });
    this.setFollow(false);
    this.scroll?.setRows(this.count);
    this.scroll?.center(place);
    this.look();
  }

  unfold(row: number) {
    this.client.send({ type: "unfold", row });
  }

  select(selection: Selection | null) {
    if (selection) this.head = selection.to;
    this.seen.change({ selection });
    this.draw();
  }

  /** Takes one more line into the selection, or one less; begins at the match or at the first line in sight. */
  extend(delta: 1 | -1) {
    const { selection, rows } = this.seen.now;
    const start = this.current ?? this.topRow;
    if (!selection && start === null) return;
    const anchor = selection ? (this.head === selection.to ? selection.from : selection.to) : (start ?? 0);
    const head = selection ? Math.max(0, Math.min(rows - 1, this.head + delta)) : anchor;
    this.select({ from: Math.min(anchor, head), to: Math.max(anchor, head) });
    this.head = head;
    this.setFollow(false);
  }

  search(query: Query | null) {
    if (query !== null && this.query !== null && same(query, this.query)) return;
    this.query = query;
    this.current = null;
    this.seen.change({ search: null });
    this.client.send({ type: "search", query });
  }

  /** Goes to the next match, or the one before, counted from what is in sight. */
  async step(direction: 1 | -1): Promise<void> {
    if (!this.query) return;
    const top = Math.max(0, this.topRow ?? 0);
    const from = this.current ?? (direction > 0 ? top - 1 : top);
    const found = await this.client.ask<"step">({ what: "step", row: from, direction });
    if (!found) return;
    this.current = found.row;
    this.seen.change({ search: { count: found.count, done: this.seen.now.search?.done ?? false, index: found.index } });
    await this.reveal(found.row);
  }

  /** Goes to the first line that names an error; false when there is none. */
  async toFirstError(): Promise<boolean> {
    const row = await this.client.ask<"firstError">({ what: "firstError" });
    if (row === null) return false;
    this.current = row;
    await this.reveal(row);
    return true;
  }

  text(from: number, to: number): Promise<string> {
    return this.client.ask<"text">({ what: "text", from, to });
  }

  /** The last rows as plain text. */
  tail(rows: number): Promise<string> {
    return this.client.ask<"tail">({ what: "tail", rows });
  }

  rowAt(byte: number): Promise<number | null> {
    return this.client.ask<"rowAt">({ what: "rowAt", byte });
  }

  /** Checksum of every byte that is held, to compare with the stored log. */
  sha256(): Promise<string> {
    return this.client.ask<"sha256">({ what: "sha256" });
  }

  key(key: string): boolean {
    if (!this.scroll) return false;
    if (key === "Home") this.toStart();
    else if (key === "End") this.setFollow(true);
    else return scrollByKey(this.scroll, key);
    return true;
  }

  // ---- inside

  private get topRow(): number | null {
    const row = this.shown[Math.max(0, (this.scroll?.row ?? 0) - this.first)]?.row;
    return row === undefined || row < 0 ? null : row;
  }

  private receive(message: Exclude<FromWorker, { type: "reply" }>) {
    if (message.type === "update") this.update(message);
    else this.options.onStatus(message.fields);
  }

  private update({ rows, count, bytes, loading, shift, stream, search, first, shown }: Update) {
    const before = this.seen.now;
    const refused = stream.state === "refused" && before.stream.state !== "refused";
    this.first = first;
    this.shown = shown;
    this.count = count;
    if (shift !== 0) this.moveBy(shift);
    this.seen.change({
      rows,
      bytes,
      loading,
      // Every message carries fresh objects; equal ones are kept, so that nobody draws for nothing.
      stream: same(before.stream, stream) ? before.stream : stream,
      newRows: before.following ? 0 : Math.max(0, count - this.countWhenLeft),
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

  private moveBy(rows: number) {
    this.countWhenLeft += rows;
    this.scroll?.setRows(this.count);
    this.scroll?.shift(rows);
    this.requested = "";
  }

  /** For tests: how far the log has come, on the element itself. */
  private publish() {
    if (!this.scroller) return;
    const { rows, bytes, stream, loading } = this.seen.now;
    this.scroller.dataset.rows = String(rows);
    this.scroller.dataset.bytes = String(bytes);
    this.scroller.dataset.stream = stream.state;
    this.scroller.dataset.loading = String(loading !== null);
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
    const { following } = this.seen.now;
    const first = Math.max(0, scroll.row - OVERSCAN);
    // A window that still covers what is in sight serves: fewer questions while scrolling by single lines.
    const key = following ? `follow ${count}` : `${first} ${count}`;
    if (key === this.requested) return;
    this.requested = key;
    this.client.send({ type: "view", first, count, follow: following });
  }

  private draw() {
    const { scroll, painter, current } = this;
    if (!scroll || !painter) return;
    const { selection, rows, following } = this.seen.now;
    scroll.setRows(this.count);
    painter.draw(scroll, this.first, this.shown, rows, following, { selection, current });
  }
}
