import { describe, expect, it } from "vitest";
import { readLogAddress } from "./address";
import { parseAddress } from "./useLineAddress";

describe("the log in the address", () => {
  it("is read as far as it makes sense", () => {
    expect(readLogAddress({ attempt: 2, find: "error", only: true })).toEqual({ attempt: 2, find: "error", only: true });
    expect(readLogAddress({ attempt: -1, find: "", only: "yes" })).toEqual({});
    expect(readLogAddress({ attempt: "2", find: 404 })).toEqual({ find: "404" });
    expect(readLogAddress({ find: { a: 1 } })).toEqual({});
  });

  it("names lines", () => {
    expect(parseAddress("L120-L140")).toEqual({ from: 119, to: 139 });
    expect(parseAddress("L7")).toEqual({ from: 6, to: 6 });
    expect([parseAddress("L0"), parseAddress("L9-L3"), parseAddress("attempt")]).toEqual([null, null, null]);
  });
});
