import { describe, expect, it, vi } from "vitest";
import { client, holdReads } from "./client";
import { currentConnection, reportSuccess } from "./connection";
import { ApiError } from "./errors";
import { provideConfirmation } from "./stepUp";

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

/** A server that wants a confirmation before anything is written. */
function server() {
  const state = { confirmed: false, sent: [] as string[] };
  vi.stubGlobal("fetch", async (request: Request) => {
    state.sent.push(await request.text());
    return state.confirmed ? json({ success: true, key: "A" }) : json({ detail: "Confirm first.", code: "step_up_needed" }, 403);
  });
  return state;
}

const save = () => client.POST("/api/secrets", { body: { key: "A", value: "v" } });

describe("a request that asks for a confirmation", () => {
  it("is sent again, whole, after the person confirmed", async () => {
    const state = server();
    const stop = provideConfirmation(() => {
      state.confirmed = true;
      return Promise.resolve(true);
    });
    expect((await save()).data).toEqual({ success: true, key: "A" });
    expect(state.sent).toEqual(['{"key":"A","value":"v"}', '{"key":"A","value":"v"}']);
    stop();
  });

  it("fails in words for a person when that person does not, or nobody can ask", async () => {
    const state = server();
    const stop = provideConfirmation(() => Promise.resolve(false));
    await expect(save()).rejects.toMatchObject({ status: 403, code: "step_up_needed", message: "It was not confirmed that it is you." });
    stop();
    await expect(save()).rejects.toBeInstanceOf(ApiError);
    expect(state.sent).toHaveLength(2);
  });

  it("asks once for several at the same time", async () => {
    const state = server();
    const ask = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      state.confirmed = true;
      return true;
    });
    const stop = provideConfirmation(ask);
    await Promise.all([save(), save(), save()]);
    expect(ask).toHaveBeenCalledTimes(1);
    stop();
  });

  it("never asks for another 403", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(json({ detail: "From another site." }, 403)));
    const ask = vi.fn(() => Promise.resolve(true));
    const stop = provideConfirmation(ask);
    await expect(save()).rejects.toBeInstanceOf(ApiError);
    expect(ask).not.toHaveBeenCalled();
    stop();
  });
});

describe("a 502", () => {
  const ask = () => client.GET("/api/team/deadline");

  it("with a code is the console's word on the FPL API, and no sign that the console is away", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(json({ detail: "The FPL API failed.", code: "fpl_failed" }, 502)));
    await expect(ask()).rejects.toMatchObject({ status: 502, code: "fpl_failed", message: "The FPL API failed." });
    expect(currentConnection().state).toBe("online");
  });

  it("without one comes from a proxy that does not reach the console", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>", { status: 502 })));
    await expect(ask()).rejects.toMatchObject({ status: 502, code: null });
    expect(currentConnection().state).toBe("unreachable");
    reportSuccess();
  });
});

describe("while somebody signs out", () => {
  const asked: string[] = [];
  const watch = () => {
    asked.length = 0;
    vi.stubGlobal("fetch", ({ url, signal }: Request) => {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      asked.push(new URL(url).pathname);
      return Promise.resolve(json({ success: true }));
    });
  };

  it("nothing is read, but what the sign-in page needs", async () => {
    watch();
    const release = holdReads();
    const waiting = client.GET("/api/commands");
    await client.POST("/api/auth/logout");
    await client.GET("/api/auth/setup");
    expect(asked).toEqual(["/api/auth/logout", "/api/auth/setup"]);
    release();
    await waiting;
    expect(asked.at(-1)).toBe("/api/commands");
  });

  it("a question that its page gave up is never asked", async () => {
    watch();
    const release = holdReads();
    const gone = new AbortController();
    const waiting = client.GET("/api/commands", { signal: gone.signal });
    gone.abort();
    release();
    await expect(waiting).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});
