import { describe, expect, it } from "vitest";
import { plainText } from "./ansi";
import { REACH, RowTable } from "./rows";
import { bytesOf, pieces, random } from "./testing";

const decoder = new TextDecoder();

function rowsOf(table: RowTable): string[] {
  return Array.from({ length: table.count }, (_, index) => {
    const { start, length } = table.row(index);
    return plainText(decoder.decode(table.bytes.slice(start, start + length) ?? new Uint8Array(0)));
  });
}

function parse(text: string): string[] {
  const table = new RowTable();
  table.append(bytesOf(text));
  return rowsOf(table);
}

describe("lines", () => {
  it.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\nb", ["a", "b"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["\n\na\n", ["", "", "a"]],
    ["ünïcode ✓ 漢字\n", ["ünïcode ✓ 漢字"]],
    ["tab\there\n", ["tab\there"]],
  ])("%j", (text, rows) => {
    expect(parse(text)).toEqual(rows);
  });

  it("keeps the last frame of what is drawn over with a carriage return", () => {
    expect(parse("  0%|   |\r 50%|█  |\r100%|███|\ndone\n")).toEqual(["100%|███|", "done"]);
  });

  it("keeps the frame until there is a new one", () => {
    expect(parse("half\r")).toEqual(["half"]);
    expect(parse("half\r\x1b[0m")).toEqual(["half"]);
    expect(parse("half\rw")).toEqual(["w"]);
  });

  it("empties a row that was erased", () => {
    expect(parse("bar\r\x1b[K")).toEqual([]);
    expect(parse("bar\x1b[2K\rdone\n")).toEqual(["done"]);
    expect(parse("50%\x1b[K\n")).toEqual(["50%"]);
  });
});

describe("nested bars", () => {
  it("stay in place, drawn as AIrsenal's optimiser draws them", () => {
    const start = "Starting\n\r  0%|  | 0/100\n\r  0%|  | 0/100\x1b[A\n\n\rTotal:   0%| | 0/26\x1b[A\x1b[A";
    const work = "\n\rone:   0%| | 0/100\x1b[A\rzero:   0%| | 0/100\n\rone: 100%|█| 100/100\x1b[A\n\n\rTotal:  50%|▌| 13/26\x1b[A\x1b[A\rzero:   7%| | 7/100";
    expect(parse(start + work)).toEqual(["Starting", "zero:   7%| | 7/100", "one: 100%|█| 100/100", "Total:  50%|▌| 13/26"]);
  });

  it("move up by a count and never above what can still change", () => {
    expect(parse("a\nb\nc\x1b[2A\rA\n")).toEqual(["A", "b", "c"]);
    const many = Array.from({ length: 80 }, (_, index) => `line ${index}\n`).join("");
    const rows = parse(`${many}\x1b[200A\rX`);
    expect(rows.indexOf("X")).toBe(80 - REACH);
    expect(rows[0]).toBe("line 0");
  });

  it("follow cursor-down, previous-line and erase-below", () => {
    expect(parse("a\nb\nc\x1b[2F\rA\x1b[2E\rC")).toEqual(["A", "b", "C"]);
    expect(parse("a\nb\nc\x1b[2A\r\x1b[Jnew\n")).toEqual(["new"]);
  });
});

describe("escapes", () => {
  it("are not text, whatever their kind", () => {
    expect(parse("\x1b]0;title\x07one\x1b[?25l two\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\x1b(B!\n")).toEqual(["one twolink!"]);
  });

  it("without an end do not swallow the log", () => {
    expect(parse(`\x1b]0;never closed\nnext\n`).at(-1)).toBe("next");
    expect(parse(`a\x1b[${"1;".repeat(5000)}\nnext\n`).at(-1)).toBe("next");
  });

  it("carry colours from row to row and over rewritten frames", () => {
    const table = new RowTable();
    table.append(bytesOf("\x1b[31mred\nstill red\n\x1b[0mplain\n\x1b[1;38;5;208mbold\rframe\n"));
    expect([0, 1, 2, 3].map((row) => table.row(row).style)).toMatchObject([{ fg: 1 }, { fg: 1 }, { fg: -1 }, { fg: 208, bold: true }]);
  });
});

describe("any cutting of the stream", () => {
  const text =
    "plain\r\n\x1b[1;31mred\x1b[0m ünï ✓\n" +
    Array.from({ length: 200 }, (_, i) => `\rbar ${i}%\x1b[K`).join("") +
    "\n\n\rA\n\rB\x1b[A\x1b[A\rC\n\n\n\x1b]0;t\x1b\\x\x1b[2Ky\n" +
    "end without newline \x1b[38;2;1;2;3mcolour";

  it("gives the same rows", () => {
    const whole = parse(text);
    const next = random(7);
    for (let round = 0; round < 60; round++) {
      const table = new RowTable();
      for (const piece of pieces(bytesOf(text), next, 9)) table.append(piece);
      expect(rowsOf(table)).toEqual(whole);
    }
  });

  it("shows a line while it grows", () => {
    const table = new RowTable();
    table.append(bytesOf("work"));
    expect(rowsOf(table)).toEqual(["work"]);
    table.append(bytesOf("ing"));
    expect(rowsOf(table)).toEqual(["working"]);
  });
});

describe("attempts and gaps", () => {
  it("an attempt starts on a fresh row, in plain colours, whatever the one before left", () => {
    const first = "\x1b[31mone\n\rbar\n\rbar2\x1b[A";
    const table = new RowTable();
    table.setBreaks([bytesOf(first).length]);
    table.append(bytesOf(`${first}second try\n`));
    expect(rowsOf(table)).toEqual(["one", "bar", "bar2", "second try"]);
    expect(table.row(3).style.fg).toBe(-1);
    expect(table.rowAt(bytesOf(first).length)).toBe(3);
  });

  it("works when the attempt is known only once its first byte is awaited", () => {
    const table = new RowTable();
    table.append(bytesOf("no newline"));
    table.setBreaks([10]);
    table.append(bytesOf("again\n"));
    expect(rowsOf(table)).toEqual(["no newline", "again"]);
  });

  it("a gap is one row, and the log goes on behind it", () => {
    const table = new RowTable();
    table.append(bytesOf("before\nhalf"));
    table.gap(1_000_000);
    table.append(bytesOf("after\n"));
    expect(table.gaps.get(2)).toEqual({ from: 11, to: 1_000_000 });
    expect(table.count).toBe(4);
    expect(rowsOf(table)).toEqual(["before", "half", "", "after"]);
    expect(table.bytes.end).toBe(1_000_006);
  });
});
