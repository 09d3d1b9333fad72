import { applySgr, type Style, StyleTable } from "./ansi";
import { ByteStore } from "./bytes";
import { readEscape } from "./escapes";
import { RowStore } from "./rowStore";

/**
 * Turns bytes into rows as a terminal would, keeping of each row only where its last frame lies: a bar that is drawn a
 * thousand times with `\r`, or five bars that are drawn in turn with cursor-up, stay one and five rows.
 */

/** How many rows above the last one can still be rewritten. Nested bars are a handful; more would unsettle what was read. */
export const REACH = 50;

export const HAS_ESCAPE = 1;
export const IS_GAP = 2;
export const IS_STDERR = 4;

const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;
const TAB = 0x09;
const LETTER_M = 0x6d;
const MOST_CHANGES = 5_000;

/** Digits, `;` and `:`; not `<=>?`, which make it something private. */
function isParameter(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x3b;
}

export interface Row {
  start: number;
  length: number;
  style: Style;
  flags: number;
}

export class RowTable {
  readonly bytes = new ByteStore();
  readonly styles = new StyleTable();
  readonly gaps = new Map<number, { from: number; to: number }>();

  private readonly rows = new RowStore();

  private cursor = 0;
  /** A frame is being written into the cursor's row. */
  private open = false;
  private parsed = 0;
  /** The flag of the stream whose bytes are being read. */
  private stream = 0;
  private readonly changes = new Map<string, number>();
  private styleId = 0;
  /** Offsets at which a new attempt starts: the cursor goes to a fresh row there, whatever the last attempt left. */
  private breaks: number[] = [];
  private broken = 0;

  constructor() {
    this.pushRow(0);
  }

  /** Rows to show. The empty row that waits after a final newline is not one of them. */
  get count(): number {
    const last = this.rows.count - 1;
    const waiting = last === this.cursor && !this.open && this.rows.lengths[last] === 0;
    return waiting ? last : this.rows.count;
  }

  /** Rows before this one will not change any more. */
  get settled(): number {
    return Math.max(0, this.rows.count - 1 - REACH);
  }

  row(index: number): Row {
    return {
      start: this.rows.starts[index] ?? 0,
      length: this.rows.lengths[index] ?? 0,
      style: this.styles.get(this.rows.styleIds[index] ?? 0),
      flags: this.rows.flags[index] ?? 0,
    };
  }

  startOf(index: number): number {
    return this.rows.starts[index] ?? 0;
  }

  lengthOf(index: number): number {
    return this.rows.lengths[index] ?? 0;
  }

  flagsOf(index: number): number {
    return this.rows.flags[index] ?? 0;
  }

  /** Begins at a later byte than the log does. Before anything else only. */
  startAt(byte: number) {
    this.bytes.skipTo(byte);
    this.parsed = byte;
    this.rows.starts[0] = byte;
  }

  /** Takes the next bytes of the log. They must start at `bytes.end`. */
  append(chunk: Uint8Array, stderr = false) {
    this.stream = stderr ? IS_STDERR : 0;
    this.bytes.append(chunk);
    this.parse();
  }

  /** The bytes up to `to` were dropped by the server: one row says so in their place. */
  gap(to: number) {
    const from = this.bytes.end;
    if (to <= from) return;
    this.freshRow(from);
    this.setFlag(this.cursor, IS_GAP);
    this.gaps.set(this.cursor, { from, to });
    this.bytes.skipTo(to);
    this.parsed = to;
    this.lineFeed(to);
    this.styleId = 0;
  }

  /** Tells where attempts start. One that is told only after its bytes were read has no effect on rows. */
  setBreaks(offsets: readonly number[]) {
    this.breaks = offsets.filter((offset) => offset > 0).toSorted((a, b) => a - b);
  }

  /** The first row that was written at or after a byte. Rows rewritten by cursor-up are out of order, by `REACH` at most. */
  rowAt(offset: number): number {
    let low = 0;
    let high = this.rows.count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows.starts[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    let row = low;
    for (let back = low; back >= Math.max(0, low - REACH); back--) if ((this.rows.starts[back] ?? 0) >= offset) row = back;
    return row;
  }

  private parse() {
    while (this.parsed < this.bytes.end) {
      const segment = this.bytes.segment(this.parsed);
      if (!segment) return;
      const next = this.breaks.find((offset) => offset >= this.parsed && offset > this.broken) ?? Infinity;
      if (next === this.parsed) {
        this.broken = next;
        this.freshRow(next);
        this.styleId = 0;
      }
      const before = this.parsed;
      const limit = next > before ? next : Infinity;
      this.scan(segment.bytes, segment.from, Math.min(segment.to, segment.from + (limit - before)));
      if (this.parsed === before) break;
    }
    if (this.open) this.rows.lengths[this.cursor] = this.parsed - (this.rows.starts[this.cursor] ?? 0);
  }

  /** The inner loop, over one piece of one block. Stops before an escape that is not all there yet. */
  private scan(bytes: Uint8Array, from: number, to: number) {
    const base = this.parsed - from;
    let index = from;
    while (index < to) {
      const byte = bytes[index] ?? 0;
      if (byte === LF) {
        this.close(base + index);
        index++;
        this.lineFeed(base + index);
      } else if (byte === CR) {
        this.close(base + index);
        index++;
      } else if (byte === ESC) {
        const size = this.colour(bytes, index, to) || this.escape(base + index);
        if (size === 0) break;
        index += size;
      } else {
        if (!this.open) this.openFrame(base + index);
        do index++;
        while (index < to && ((bytes[index] ?? 0) >= 0x20 || bytes[index] === TAB));
      }
    }
    this.parsed = base + index;
  }

  /** The commonest escape by far, `ESC [ … m` within one block, without the detour. Returns its size, or 0 for any other. */
  private colour(bytes: Uint8Array, index: number, to: number): number {
    if (bytes[index + 1] !== 0x5b) return 0;
    let end = index + 2;
    let parameters = "";
    while (end < to && isParameter(bytes[end] ?? 0)) parameters += String.fromCharCode(bytes[end++] ?? 0);
    if (end >= to || bytes[end] !== LETTER_M) return 0;
    this.sgr(parameters);
    return this.inFrame(end + 1 - index);
  }

  /** Programs repeat the same few changes of colour without end, so each is worked out once. */
  private sgr(parameters: string) {
    const key = `${this.styleId} ${parameters}`;
    let next = this.changes.get(key);
    if (next === undefined) {
      next = this.styles.id(applySgr(this.styles.get(this.styleId), parameters));
      if (this.changes.size < MOST_CHANGES) this.changes.set(key, next);
    }
    this.styleId = next;
  }

  private openFrame(at: number) {
    this.rows.starts[this.cursor] = at;
    this.rows.lengths[this.cursor] = 0;
    this.rows.styleIds[this.cursor] = this.styleId;
    this.rows.flags[this.cursor] = this.stream;
    this.open = true;
  }

  /** Ends the frame; the row keeps it until another one is opened there. */
  private close(at: number) {
    if (!this.open) return;
    this.rows.lengths[this.cursor] = at - (this.rows.starts[this.cursor] ?? 0);
    this.open = false;
  }

  private clearRow(at: number) {
    this.open = false;
    this.rows.starts[this.cursor] = at;
    this.rows.lengths[this.cursor] = 0;
    this.rows.flags[this.cursor] = 0;
  }

  private lineFeed(at: number) {
    if (this.cursor < this.rows.count - 1) this.cursor++;
    else this.pushRow(at);
  }

  private freshRow(at: number) {
    this.close(at);
    this.cursor = this.rows.count - 1;
    if ((this.rows.lengths[this.cursor] ?? 0) > 0 || this.has(this.cursor, IS_GAP)) this.pushRow(at);
    else this.rows.starts[this.cursor] = at;
  }

  private pushRow(at: number) {
    this.cursor = this.rows.push(at, this.styleId);
  }

  private has(row: number, flag: number): boolean {
    return ((this.rows.flags[row] ?? 0) & flag) !== 0;
  }

  private setFlag(row: number, flag: number) {
    this.rows.flags[row] = (this.rows.flags[row] ?? 0) | flag;
  }

  /** Handles the escape at `at`; returns its size, or 0 when its end has not arrived. */
  private escape(at: number): number {
    const { size, control, parameters } = readEscape(this.bytes, at);
    if (size === 0) return 0;
    if (control === null) return this.inFrame(size);
    this.control(control, parameters, at, size);
    return size;
  }

  /** An escape that only changes looks stays inside the frame, where the decoder meets it again. */
  private inFrame(size: number): number {
    if (this.open) this.setFlag(this.cursor, HAS_ESCAPE);
    return size;
  }

  private control(final: string, parameters: string, at: number, size: number) {
    const count = Math.max(1, Number.parseInt(parameters, 10) || 1);
    switch (final) {
      case "m":
        if (!/[<=>?]/.test(parameters)) this.sgr(parameters);
        this.inFrame(size);
        break;
      case "A":
      case "F":
        this.moveUp(count, at);
        break;
      case "B":
      case "E":
        this.close(at);
        for (let step = 0; step < Math.min(count, REACH); step++) this.lineFeed(at);
        break;
      case "G":
        if (count === 1) this.close(at);
        else this.inFrame(size);
        break;
      case "K":
        this.eraseLine(parameters, at, size);
        break;
      case "J":
        this.eraseBelow(parameters, at, size);
        break;
      default:
        this.inFrame(size);
    }
  }

  private moveUp(count: number, at: number) {
    this.close(at);
    const highest = Math.max(0, this.rows.count - 1 - REACH);
    this.cursor = Math.max(highest, this.cursor - count);
    while (this.has(this.cursor, IS_GAP) && this.cursor < this.rows.count - 1) this.cursor++;
  }

  private eraseLine(parameters: string, at: number, size: number) {
    // To the end of the line: a frame replaces the whole row anyway, so only a row that was not begun is emptied.
    if (this.open && (parameters === "" || parameters === "0")) this.inFrame(size);
    else this.clearRow(at + size);
  }

  private eraseBelow(parameters: string, at: number, size: number) {
    if (parameters !== "" && parameters !== "0") {
      this.inFrame(size);
      return;
    }
    this.rows.count = this.cursor + 1;
    if (this.open) this.inFrame(size);
    else this.clearRow(at + size);
  }
}
