import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchEvents } from "./events";
import { eventsLive } from "./live";

/** The network is where our code ends, so it is what the test plays. */
class Socket {
  static opened: Socket[] = [];
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;
  closed = false;
  constructor(readonly address: URL) {
    Socket.opened.push(this);
  }
  close() {
    this.closed = true;
  }
  say(message: unknown) {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

function newest(): Socket {
  const socket = Socket.opened.at(-1);
  if (!socket) throw new Error("nothing was opened");
  return socket;
}

describe("watchEvents", () => {
  let stop: () => void = () => undefined;
  const client = new QueryClient();

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", Socket);
    Socket.opened = [];
    client.clear();
    client.setQueryData(["held"], 1);
    stop = watchEvents(client);
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  const isOld = () => client.getQueryState(["held"])?.isInvalidated;

  it("goes on from the last message after a break, without reading anything anew", () => {
    newest().say({ type: "hello", epoch: "abc", number: 4, resumed: false });
    client.setQueryData(["held"], 2);
    newest().say({ type: "changes", number: 9, jobs: [], topics: [] });
    expect(eventsLive()).toBe(true);
    newest().onclose({ code: 1006 });
    expect(eventsLive()).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(newest().address.searchParams.get("after")).toBe("abc.9");
    newest().say({ type: "hello", epoch: "abc", number: 9, resumed: true });
    expect(eventsLive()).toBe(true);
    expect(isOld()).toBe(false);
  });

  it("reads everything anew when changes were missed", () => {
    newest().say({ type: "hello", epoch: "abc", number: 4, resumed: false });
    client.setQueryData(["held"], 2);
    newest().say({ type: "reset", number: 900 });
    expect(isOld()).toBe(true);
    client.setQueryData(["held"], 3);
    newest().onclose({ code: 1006 });
    vi.advanceTimersByTime(1_000);
    newest().say({ type: "hello", epoch: "def", number: 0, resumed: false });
    expect(isOld()).toBe(true);
  });

  it("takes a connection that says nothing for dead", () => {
    newest().say({ type: "hello", epoch: "abc", number: 4, resumed: false });
    const first = newest();
    vi.advanceTimersByTime(41_000);
    expect(first.closed).toBe(true);
    expect(Socket.opened).toHaveLength(2);
  });

  it("waits longer after each failure, and not at all when the network is back", () => {
    for (let tries = 0; tries < 6; tries += 1) {
      newest().onclose({ code: 1006 });
      vi.advanceTimersByTime(20_000);
    }
    const before = Socket.opened.length;
    newest().onclose({ code: 1006 });
    vi.advanceTimersByTime(3_000);
    expect(Socket.opened).toHaveLength(before);
    dispatchEvent(new Event("online"));
    expect(Socket.opened).toHaveLength(before + 1);
  });
});
