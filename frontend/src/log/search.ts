import { HAS_ESCAPE, IS_GAP, type RowTable } from "./rows";

/** Finds the rows that hold a text, on raw bytes and a slice at a time, so that the log goes on while it looks. */

export interface Query {
  text: string;
  caseSensitive: boolean;
}

const encoder = new TextEncoder();

/** Horspool over bytes. Letter case is folded for ASCII only: other alphabets match as they are written. */
export class Matcher {
  private readonly needle: Uint8Array;
  private readonly shift = new Uint16Array(256);
  private readonly fold = new Uint8Array(256);

  constructor(query: Query) {
    for (let byte = 0; byte < 256; byte++) this.fold[byte] = !query.caseSensitive && byte >= 65 && byte <= 90 ? byte + 32 : byte;
    this.needle = encoder.encode(query.text).map((byte) => this.fold[byte] ?? byte);
    const size = this.needle.length;
    this.shift.fill(Math.max(1, size));
    for (let index = 0; index < size - 1; index++) {
      const step = size - 1 - index;
      const byte = this.needle[index] ?? 0;
      this.shift[byte] = step;
      if (!query.caseSensitive && byte >= 97 && byte <= 122) this.shift[byte - 32] = step;
    }
  }

  /** Index of the first match in `bytes[from, to)`, or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const { needle, fold, shift } = this;
    const last = needle.length - 1;
    const end = needle[last];
    let index = from + last;
    while (index < to) {
      const byte = bytes[index] ?? 0;
      if (fold[byte] === end) {
        let at = last - 1;
        while (at >= 0 && fold[bytes[index - last + at] ?? 0] === needle[at]) at--;
        if (at < 0) return index - last;
      }
      index += shift[byte] ?? 1;
    }
    return -1;
  }
}

/** Row numbers in rising order. */
class Hits {
  private rows = new Uint32Array(256);
  count = 0;

  push(row: number) {
    if (this.count === this.rows.length) {
      const wider = new Uint32Array(this.rows.length * 2);
      wider.set(this.rows);
      this.rows = wider;
    }
    this.rows[this.count++] = row;
  }

  at(index: number): number {
    return this.rows[index] ?? 0;
  }

  /** How many hits lie before a row. */
  before(row: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const SLICE_MS = 10;
const ROWS_BETWEEN_LOOKS_AT_THE_CLOCK = 512;

export class Search {
  private readonly matcher: Matcher;
  private readonly hits = new Hits();
  /** Hits among the rows that may still change; counted anew each time. */
  private recent: number[] = [];
  private next = 0;
  private seen = "";
  private scratch = new Uint8Array(1024);

  constructor(
    readonly query: Query,
    private readonly table: RowTable,
  ) {
    this.matcher = new Matcher(query);
  }

  get count(): number {
    return this.hits.count + this.recent.length;
  }

  get done(): boolean {
    return this.next >= this.table.settled;
  }

  /**
   * Looks on for a few milliseconds. Returns a byte range that has to be read again from the server before it can go on,
   * or null.
   */
  advance(): { start: number; end: number } | null {
    const { table } = this;
    const until = performance.now() + SLICE_MS;
    const settled = table.settled;
    while (this.next < settled) {
      const end = Math.min(settled, this.next + ROWS_BETWEEN_LOOKS_AT_THE_CLOCK);
      while (this.next < end) {
        const found = this.matches(this.next);
        if (found === null) return { start: table.startOf(this.next), end: table.startOf(this.next) + table.lengthOf(this.next) };
        if (found) this.hits.push(this.next);
        this.next++;
      }
      if (performance.now() > until) return null;
    }
    this.lookAtRecent();
    return null;
  }

  private lookAtRecent() {
    const { table } = this;
    const state = `${table.count} ${table.bytes.end}`;
    if (state === this.seen) return;
    this.seen = state;
    this.recent = [];
    for (let row = this.next; row < table.count; row++) if (this.matches(row)) this.recent.push(row);
  }

  private matches(row: number): boolean | null {
    const { table } = this;
    const flags = table.flagsOf(row);
    if (flags & IS_GAP) return false;
    const length = table.lengthOf(row);
    if (length === 0) return false;
    const start = table.startOf(row);
    if (flags & HAS_ESCAPE) {
      const bytes = table.bytes.slice(start, start + length);
      if (!bytes) return null;
      // Colours may stand in the middle of a word: those rows are searched as they read.
      if (this.scratch.length < length) this.scratch = new Uint8Array(length * 2);
      return this.matcher.find(this.scratch, 0, strip(bytes, this.scratch)) >= 0;
    }
    const segment = table.bytes.segment(start);
    if (!segment) return null;
    if (segment.from + length <= segment.to) return this.matcher.find(segment.bytes, segment.from, segment.from + length) >= 0;
    const bytes = table.bytes.slice(start, start + length);
    return bytes && this.matcher.find(bytes, 0, bytes.length) >= 0;
  }

  /** The row of a hit. */
  at(index: number): number {
    return index < this.hits.count ? this.hits.at(index) : (this.recent[index - this.hits.count] ?? 0);
  }

  /** How many hits lie before a row, so that "3 of 120" can be said. */
  before(row: number): number {
    return this.hits.before(row) + this.recent.filter((hit) => hit < row).length;
  }

  /** The next hit from a row in a direction, within rows `from` to `to`, going round at the ends; null when there is none. */
  step(row: number, direction: 1 | -1, from = 0, to = Infinity): number | null {
    const low = this.before(from);
    const count = this.before(to) - low;
    if (count <= 0) return null;
    const index = (direction > 0 ? this.before(row + 1) : this.before(row) - 1) - low;
    return this.at(low + ((index < 0 ? index + count : index) % count));
  }
}

/** Copies bytes without their escapes; returns how many are left. The same rules as for the eye, only faster. */
export function strip(bytes: Uint8Array, into: Uint8Array): number {
  let size = 0;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x1b) at += escapeSize(bytes, at);
    else {
      into[size++] = byte;
      at++;
    }
  }
  return size;
}

function escapeSize(bytes: Uint8Array, at: number): number {
  const kind = bytes[at + 1] ?? 0;
  let end = at + 2;
  if (kind === 0x5b) {
    while (end < bytes.length && !((bytes[end] ?? 0) >= 0x40 && (bytes[end] ?? 0) <= 0x7e)) end++;
    return end + 1 - at;
  }
  if (kind === 0x5d || kind === 0x50 || kind === 0x58 || kind === 0x5e || kind === 0x5f) {
    while (end < bytes.length && bytes[end] !== 0x07 && bytes[end] !== 0x1b) end++;
    return end + (bytes[end] === 0x1b && bytes[end + 1] === 0x5c ? 2 : bytes[end] === 0x07 ? 1 : 0) - at;
  }
  return kind >= 0x20 && kind <= 0x2f ? 3 : 2;
}

/** Where a text matches in a decoded row, by the same rule as the byte search. */
export function matchRanges(text: string, query: Query): [number, number][] {
  if (query.text === "") return [];
  const fold = (value: string) => (query.caseSensitive ? value : value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()));
  const where = fold(text);
  const what = fold(query.text);
  const ranges: [number, number][] = [];
  for (let at = where.indexOf(what); at >= 0 && ranges.length < 1000; at = where.indexOf(what, at + what.length)) {
    ranges.push([at, at + what.length]);
  }
  return ranges;
}
