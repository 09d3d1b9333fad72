import { describe, expect, it } from "vitest";
import { asQuery, exportAddress, isFiltered, readFilter } from "./filter";

describe("the filter of the audit log", () => {
  it("takes from the address what can be one", () => {
    expect(readFilter({ kind: "secret", text: "", since: "2026-02-05", until: "soon", other: 1, who: 5 })).toEqual({
      kind: "secret",
      since: "2026-02-05",
    });
    expect(readFilter({ since: "2026-13-45" })).toEqual({});
    expect(isFiltered({})).toBe(false);
    expect(isFiltered({ text: "x" })).toBe(true);
  });

  it("asks for whole days of the reader's clock", () => {
    const { since, until } = asQuery({ since: "2026-02-05", until: "2026-02-05" });
    expect(Date.parse(until ?? "") - Date.parse(since ?? "")).toBe(24 * 3600 * 1000);
    expect(new Date(since ?? "").getHours()).toBe(0);
  });

  it("exports what is shown", () => {
    const address = new URL(exportAddress({ text: "a&b", kind: "job" }, "csv"), "http://console");
    expect(Object.fromEntries(address.searchParams)).toEqual({ format: "csv", text: "a&b", kind: "job" });
  });
});
