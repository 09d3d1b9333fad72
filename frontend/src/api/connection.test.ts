import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { currentConnection, reportFailure, reportSuccess } from "./connection";

function answering(status: number, body: unknown) {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(typeof body === "string" ? body : JSON.stringify(body), { status })));
}

const working = { ok: true, detail: "The database answers." };

describe("the probe of an absent console", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    reportFailure("unreachable", "The console does not answer.");
  });
  afterEach(() => {
    reportSuccess();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it.each([
    ["is there", 200, { checks: {} }, "online"],
    ["is there with its queue paused, which keeps no page away", 503, { checks: { database: working, queue: { ok: false, detail: "Paused." } } }, "online"],
    ["is there without its database", 503, { checks: { database: { ok: false, detail: "It does not answer." } } }, "degraded"],
    ["is behind a proxy that says so in HTML", 503, "<h1>Service Unavailable</h1>", "degraded"],
    ["is not there", 502, "<h1>Bad Gateway</h1>", "unreachable"],
  ] as const)("finds that it %s", async (_, status, body, state) => {
    answering(status, body);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(currentConnection().state).toBe(state);
  });
});
