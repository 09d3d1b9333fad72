import type { Search } from "./search";

/** What of the log is looked at. */
export interface Lens {
  /** Only the rows of this attempt. */
  attempt: number | null;
  /** Only the rows that match the search. */
  matches: boolean;
}

export const WHOLE: Lens = { attempt: null, matches: false };

/** Rows `from` to `to`, the last one outside. */
export interface RowRange {
  from: number;
  to: number;
}

/** The rows that a lens lets through, numbered one after the other. */
export class Picked {
  private readonly before: number;
  readonly count: number;

  constructor(
    range: RowRange,
    private readonly only: Search | null,
  ) {
    this.before = only ? only.before(range.from) : range.from;
    this.count = Math.max(0, (only ? only.before(range.to) : range.to) - this.before);
  }

  rowAt(index: number): number {
    return this.only ? this.only.at(this.before + index) : this.before + index;
  }

  /** The place of a row; of one that is not let through: of the next that is. */
  indexOf(row: number): number {
    const index = (this.only ? this.only.before(row) : row) - this.before;
    return Math.max(0, Math.min(index, this.count - 1));
  }

  rows(first: number, count: number): number[] {
    const from = Math.max(0, first);
    const size = Math.max(0, Math.min(this.count, first + count) - from);
    return Array.from({ length: size }, (_, offset) => this.rowAt(from + offset));
  }
}
