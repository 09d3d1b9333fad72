import { describe, expect, it } from "vitest";
import { lastWords, looksLikeError } from "./errors";
import { LogModel } from "./model";
import { bytesOf } from "./testing";

describe("looksLikeError", () => {
  it.each([
    "Traceback (most recent call last):",
    "ValueError: no squad",
    "sqlite3.OperationalError: database is locked",
    "KeyboardException",
    "2026-02-05 12:00:01 ERROR could not read",
    "[CRITICAL] out of disk",
    "make: fatal: no rule",
    "main.c:3: error: expected ;",
    "panic: runtime error",
  ])("%s", (line) => {
    expect(looksLikeError(line)).toBe(true);
  });

  it.each(["0 errors", "error_rate 0.2", "no error so far", "ERRORS=0", "Errors were found: none of ours", "terror: none"])("not: %s", (line) => {
    expect(looksLikeError(line)).toBe(false);
  });
});

describe("lastWords", () => {
  it("are the last error and what follows it, or the end", () => {
    expect(lastWords(["ERROR a", "b", "ValueError: c", "", "d"])).toEqual(["ValueError: c", "d"]);
    expect(lastWords(["1", "2", "3", "4", "5", " "])).toEqual(["2", "3", "4", "5"]);
    expect(lastWords([])).toEqual([]);
  });
});

describe("findError", () => {
  it("finds the first row that names one, in colours too, from a row on", () => {
    const model = new LogModel();
    model.table.append(bytesOf("fine\n\x1b[31mERROR\x1b[0m one\nfine\nERROR two\n"));
    expect(model.findError({ from: 0, to: 4 })).toMatchObject({ found: true, row: 1 });
    expect(model.findError({ from: 2, to: 4 })).toMatchObject({ found: true, row: 3 });
    expect(model.findError({ from: 2, to: 3 })).toMatchObject({ found: false, row: 3 });
  });

  it("asks for bytes that were given up", () => {
    const model = new LogModel();
    const line = bytesOf(`${"x".repeat(1023)}\n`);
    for (let count = 0; count < 4 * 1024; count++) model.table.append(line);
    model.table.bytes.trim(0, 4 << 20);
    expect(model.findError({ from: 0, to: 10 })).toMatchObject({ found: false, row: 0, missing: [{ start: 0, end: 1 << 20 }] });
    expect(model.missing(0, 10)).toEqual([{ start: 0, end: 1 << 20 }]);
  });
});
