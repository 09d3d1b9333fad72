import { describe, expect, it } from "vitest";
import { detailWords, eventWords, GROUPS } from "./words";

describe("the words of the audit log", () => {
  it("names what happened, and an event it does not know by its own name", () => {
    expect(eventWords("auth.signed_in")).toBe("Signed in");
    expect(eventWords("team.change")).toBe("Real team changed");
    expect(eventWords("schedule.run_late")).toBe("Schedule run late");
  });

  it("says an event once", () => {
    expect(detailWords({ kind: "auth.signed_in", text: "Signed in." })).toBe("");
    expect(detailWords({ kind: "auth.sign_in_refused", text: "Sign in refused: wrong password." })).toBe("Wrong password.");
    expect(detailWords({ kind: "queue.drain", text: "Nothing is started any more." })).toBe("Nothing is started any more.");
  });

  it("filters by beginnings that take no other event along", () => {
    const kinds = GROUPS.flatMap(({ kind, events }) => [`${kind}.`, ...Object.keys(events).map((event) => `${kind}.${event}`)]);
    const taken = kinds.filter((kind) => !kind.endsWith(".") && kinds.some((other) => other !== kind && other.startsWith(kind)));
    expect(taken).toEqual([]);
  });
});
