import { describe, expect, it } from "vitest";
import { RowTable } from "./rows";
import { plainText } from "./ansi";
import { Matcher, matchRanges, type Query, Search, strip } from "./search";
import { bytesOf, random } from "./testing";

function searchAll(table: RowTable, query: Query): Search {
  const search = new Search(query, table);
  do expect(search.advance()).toBeNull();
  while (!search.done);
  return search;
}

const query = (text: string, caseSensitive = false): Query => ({ text, caseSensitive });

describe("Matcher", () => {
  it("finds what indexOf finds, in random bytes", () => {
    const next = random(3);
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: 60 }, () => "abAB"[Math.floor(next() * 4)]).join("");
      const needle = Array.from({ length: 1 + Math.floor(next() * 4) }, () => "abAB"[Math.floor(next() * 4)]).join("");
      const bytes = bytesOf(text);
      expect(new Matcher(query(needle, true)).find(bytes, 0, bytes.length)).toBe(text.indexOf(needle));
      expect(new Matcher(query(needle)).find(bytes, 0, bytes.length)).toBe(text.toLowerCase().indexOf(needle.toLowerCase()));
    }
  });

  it("stays within its bounds", () => {
    const bytes = bytesOf("xxabxx");
    const matcher = new Matcher(query("ab"));
    expect(matcher.find(bytes, 0, 3)).toBe(-1);
    expect(matcher.find(bytes, 3, 6)).toBe(-1);
    expect(matcher.find(bytes, 2, 4)).toBe(2);
  });
});

describe("strip", () => {
  it("leaves what plainText leaves", () => {
    for (const text of ["plain", "a\x1b[1;31mred\x1b[0m", "\x1b]0;title\x07x", "\x1b]8;;u\x1b\\link\x1b]8;;\x1b\\", "\x1b(Bx\x1bMy", "é\x1b[38;2;1;2;3m漢"]) {
      const bytes = bytesOf(text);
      const into = new Uint8Array(bytes.length);
      expect(new TextDecoder().decode(into.subarray(0, strip(bytes, into)))).toBe(plainText(text));
    }
  });
});

describe("Search", () => {
  it("finds rows by how they read: through colours, last frames only, letters of any case", () => {
    const table = new RowTable();
    table.append(bytesOf("An err\x1b[31mor\x1b[0m here\nfine\nerror old\rfine too\nERROR\nß√ error\n"));
    const search = searchAll(table, query("error"));
    expect(search.count).toBe(3);
    expect([search.step(-1, 1), search.step(0, 1), search.step(3, 1)]).toEqual([0, 3, 4]);
    expect(searchAll(table, query("ERROR", true)).count).toBe(1);
  });

  it("goes round at both ends and says which match it is at", () => {
    const table = new RowTable();
    table.append(bytesOf("a\nx\na\nx\na\n"));
    const search = searchAll(table, query("a"));
    expect(search.step(4, 1)).toBe(0);
    expect(search.step(0, -1)).toBe(4);
    expect(search.before(2)).toBe(1);
    expect(searchAll(table, query("zzz")).step(0, 1)).toBeNull();
  });

  it("keeps up with a log that grows and with rows that are drawn over", () => {
    const table = new RowTable();
    const search = new Search(query("hit"), table);
    table.append(bytesOf("hit 1\nbar hit\r"));
    search.advance();
    expect(search.count).toBe(2);
    table.append(bytesOf("bar done\n"));
    search.advance();
    expect(search.count).toBe(1);
    table.append(bytesOf(Array.from({ length: 5000 }, (_, i) => (i % 10 === 0 ? "hit\n" : "miss\n")).join("")));
    do search.advance();
    while (!search.done);
    expect(search.count).toBe(501);
  });

  it("says which bytes it needs when they were given up", () => {
    const table = new RowTable();
    const line = bytesOf(`${"x".repeat(999)}\n`);
    const big = new Uint8Array(line.length * 4000);
    for (let at = 0; at < 4000; at++) big.set(line, at * line.length);
    table.append(big);
    table.bytes.trim(1, table.bytes.end);
    const needed = new Search(query("zz"), table).advance();
    expect(needed).toEqual({ start: 0, end: 999 });
  });
});

describe("matchRanges", () => {
  it("gives all places, without overlap", () => {
    expect(matchRanges("aAa b", query("a"))).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(matchRanges("aaaa", query("aa"))).toEqual([
      [0, 2],
      [2, 4],
    ]);
    expect(matchRanges("abc", query(""))).toEqual([]);
    expect(matchRanges("Ä", query("ä"))).toEqual([]);
  });
});
