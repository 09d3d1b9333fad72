import { plainText, spansOf } from "./ansi";
import { looksLikeError } from "./errors";
import type { RowRange } from "./lens";
import type { AttemptStart, Piece, ShownRow } from "./protocol";
import { IS_GAP, IS_STDERR, REACH, RowTable } from "./rows";
import { matchRanges, type Query } from "./search";

/** Rows longer than this are cut for the eye; "show all" is one press away. */
export const FOLD = 10_000;

/** A log as the viewer sees it: rows decoded on demand, with the marks of a search and of attempts. */
export class LogModel {
  readonly table = new RowTable();
  private readonly decoder = new TextDecoder();
  private readonly unfolded = new Set<number>();
  private attempts: readonly AttemptStart[] = [];
  private query: Query | null = null;

  setAttempts(attempts: readonly AttemptStart[]) {
    this.attempts = attempts;
    this.table.setBreaks(attempts.map(({ firstByte }) => firstByte));
  }

  /** The rows of an attempt, or all. */
  range(attempt: number | null): RowRange {
    const at = this.attempts.findIndex(({ number }) => number === attempt);
    if (at < 0) return { from: 0, to: this.table.count };
    return { from: this.rowOf(this.attempts[at]?.firstByte ?? 0), to: this.rowOf(this.attempts[at + 1]?.firstByte ?? Infinity) };
  }

  private rowOf(byte: number): number {
    return byte < this.table.bytes.end ? this.table.rowAt(byte) : this.table.count;
  }

  setQuery(query: Query | null) {
    this.query = query;
  }

  unfold(row: number) {
    this.unfolded.add(row);
  }

  /**
   * Rows ready to draw, and the byte ranges that have to be read again before the rest can be. `timeOf` tells when a byte was
   * written.
   */
  shown(wanted: readonly number[], timeOf?: (byte: number) => number | null): { rows: ShownRow[]; missing: ByteRange[] } {
    const { table } = this;
    const attempts = new Map(
      this.attempts
        .filter(({ number, firstByte }) => number > 1 && firstByte < table.bytes.end)
        .map(({ firstByte, number }) => [table.rowAt(firstByte), number]),
    );
    const rows: ShownRow[] = [];
    const missing: ByteRange[] = [];
    for (const row of wanted) {
      const attempt = attempts.get(row) ?? null;
      const shown = this.shownRow(row, attempt);
      if (shown) {
        const time = shown.gap ? null : (timeOf?.(table.startOf(row)) ?? null);
        rows.push(time === null ? shown : { ...shown, time, key: `${shown.key} ${time}` });
      } else {
        const { start, length } = table.row(row);
        missing.push(...table.bytes.missing(start, start + length));
        rows.push({ ...BLANK, row, key: `${row} missing`, attempt });
      }
    }
    return { rows, missing };
  }

  private shownRow(row: number, attempt: number | null): ShownRow | null {
    const { start, length, style, flags } = this.table.row(row);
    if (flags & IS_GAP) return { ...BLANK, row, key: `${row} gap`, pieces: [gapPiece(this.table.gaps.get(row))], attempt, gap: true };
    const folded = length > FOLD && !this.unfolded.has(row) ? length - FOLD : 0;
    const bytes = this.table.bytes.slice(start, start + length - folded);
    if (!bytes) return null;
    const spans = spansOf(this.decoder.decode(bytes), style);
    const pieces = spans.map(({ text, style }): Piece => ({ text, style, mark: false }));
    return {
      ...BLANK,
      row,
      key: `${row} ${start} ${length} ${flags} ${folded} ${attempt ?? ""} ${this.query ? `${this.query.caseSensitive} ${this.query.text}` : ""}`,
      pieces: this.query ? markMatches(pieces, this.query) : pieces,
      folded,
      attempt,
      stderr: (flags & IS_STDERR) !== 0,
    };
  }

  /** Rows as plain text, for the clipboard and for screen readers. */
  text(from: number, to: number): string {
    const lines: string[] = [];
    for (let row = Math.max(0, from); row < Math.min(to, this.table.count); row++) {
      const { flags } = this.table.row(row);
      lines.push(flags & IS_GAP ? gapPiece(this.table.gaps.get(row)).text : (this.line(row) ?? ""));
    }
    return lines.join("\n");
  }

  /** The bytes of rows that have to be read again before `text` can give them. */
  missing(from: number, to: number): ByteRange[] {
    const last = Math.min(to, this.table.count) - 1;
    if (last < from) return [];
    return this.table.bytes.missing(this.table.startOf(Math.max(0, from - REACH)), this.table.startOf(last) + this.table.lengthOf(last));
  }

  private line(row: number, most = Infinity): string | null {
    const { start, length } = this.table.row(row);
    const bytes = this.table.bytes.slice(start, start + Math.min(length, most));
    return bytes && plainText(this.decoder.decode(bytes));
  }

  /**
   * Looks for a row that names an error, from `from` on and for a few milliseconds. The row, or where to go on, with the bytes
   * that have to be read again first.
   */
  findError({ from, to }: RowRange): { found: boolean; row: number; missing: ByteRange[] } {
    const until = performance.now() + SLICE_MS;
    for (let row = from; row < to; row++) {
      if ((row - from) % 256 === 255 && performance.now() > until) return { found: false, row, missing: [] };
      const flags = this.table.flagsOf(row);
      if (flags & IS_GAP) continue;
      const line = this.line(row, FOLD);
      if (line === null) return { found: false, row, missing: this.missing(row, row + 1) };
      if (looksLikeError(line)) return { found: true, row, missing: [] };
    }
    return { found: false, row: to, missing: [] };
  }
}

const BLANK: Omit<ShownRow, "row" | "key"> = { pieces: [], folded: 0, attempt: null, gap: false, stderr: false, time: null };
const SLICE_MS = 10;

interface ByteRange {
  start: number;
  end: number;
}

function gapPiece(gap: { from: number; to: number } | undefined): Piece {
  const size = gap ? gap.to - gap.from : 0;
  return { text: `… ${size.toLocaleString("en-GB")} bytes were left out here: the log had passed its limit`, style: null, mark: false };
}

/** Cuts pieces where matches begin and end; a match may run over several colours. */
export function markMatches(pieces: readonly Piece[], query: Query): Piece[] {
  const ranges = matchRanges(pieces.map(({ text }) => text).join(""), query);
  if (ranges.length === 0) return [...pieces];
  const result: Piece[] = [];
  let offset = 0;
  for (const piece of pieces) {
    const end = offset + piece.text.length;
    let at = offset;
    for (const [from, to] of ranges) {
      if (to <= at || from >= end) continue;
      if (from > at) result.push({ ...piece, text: piece.text.slice(at - offset, from - offset) });
      const start = Math.max(from, at);
      at = Math.min(to, end);
      result.push({ ...piece, text: piece.text.slice(start - offset, at - offset), mark: true });
    }
    if (at < end) result.push({ ...piece, text: piece.text.slice(at - offset) });
    offset = end;
  }
  return result;
}
