import { plainText, spansOf } from "./ansi";
import type { AttemptStart, Piece, ShownRow } from "./protocol";
import { IS_GAP, IS_STDERR, RowTable } from "./rows";
import { matchRanges, type Query } from "./search";

/** Rows longer than this are cut for the eye; "show all" is one press away. */
export const FOLD = 10_000;

/** A log as the viewer sees it: rows decoded on demand, with the marks of a search and of attempts. */
export class LogModel {
  readonly table = new RowTable();
  private readonly decoder = new TextDecoder();
  private readonly unfolded = new Set<number>();
  private attempts: AttemptStart[] = [];
  private query: Query | null = null;

  setAttempts(attempts: readonly AttemptStart[]) {
    this.attempts = attempts.filter(({ number }) => number > 1);
    this.table.setBreaks(this.attempts.map(({ firstByte }) => firstByte));
  }

  setQuery(query: Query | null) {
    this.query = query;
  }

  unfold(row: number) {
    this.unfolded.add(row);
  }

  /** Rows `first` and on, ready to draw, and the byte ranges that have to be read again before the rest can be. */
  shown(first: number, count: number): { rows: ShownRow[]; missing: { start: number; end: number }[] } {
    const { table } = this;
    const last = Math.min(table.count, first + count);
    const attempts = new Map(
      this.attempts.filter(({ firstByte }) => firstByte < table.bytes.end).map(({ firstByte, number }) => [table.rowAt(firstByte), number]),
    );
    const rows: ShownRow[] = [];
    const missing: { start: number; end: number }[] = [];
    for (let row = Math.max(0, first); row < last; row++) {
      const attempt = attempts.get(row) ?? null;
      const shown = this.shownRow(row, attempt);
      if (shown) rows.push(shown);
      else {
        const { start, length } = table.row(row);
        missing.push(...table.bytes.missing(start, start + length));
        rows.push({ row, key: `${row} missing`, pieces: [], folded: 0, attempt, gap: false, stderr: false });
      }
    }
    return { rows, missing };
  }

  private shownRow(row: number, attempt: number | null): ShownRow | null {
    const { start, length, style, flags } = this.table.row(row);
    if (flags & IS_GAP) return { row, key: `${row} gap`, pieces: [gapPiece(this.table.gaps.get(row))], folded: 0, attempt, gap: true, stderr: false };
    const folded = length > FOLD && !this.unfolded.has(row) ? length - FOLD : 0;
    const bytes = this.table.bytes.slice(start, start + length - folded);
    if (!bytes) return null;
    const spans = spansOf(this.decoder.decode(bytes), style);
    const pieces = spans.map(({ text, style }): Piece => ({ text, style, mark: false }));
    return {
      row,
      key: `${row} ${start} ${length} ${flags} ${folded} ${attempt ?? ""} ${this.query ? `${this.query.caseSensitive} ${this.query.text}` : ""}`,
      pieces: this.query ? markMatches(pieces, this.query) : pieces,
      folded,
      attempt,
      gap: false,
      stderr: (flags & IS_STDERR) !== 0,
    };
  }

  /** Rows as plain text, for the clipboard and for screen readers. */
  text(from: number, to: number): string {
    const lines: string[] = [];
    for (let row = Math.max(0, from); row < Math.min(to, this.table.count); row++) {
      const { start, length, flags } = this.table.row(row);
      if (flags & IS_GAP) lines.push(gapPiece(this.table.gaps.get(row)).text);
      else lines.push(plainText(this.decoder.decode(this.table.bytes.slice(start, start + length) ?? new Uint8Array(0))));
    }
    return lines.join("\n");
  }
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
