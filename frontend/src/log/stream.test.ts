import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamState } from "./protocol";
import { IS_STDERR, RowTable } from "./rows";
import { attemptsOf, LogStream, type Socket } from "./stream";
import { bytesOf, random } from "./testing";

/** The far end of a socket, played by the test: the browser's part that cannot run here. */
class Wire implements Socket {
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: string[] = [];
  closed = false;
  readonly from: number;

  constructor(readonly url: string) {
    this.from = Number(new URL(url).searchParams.get("from"));
  }
  send(data: string) {
    this.sent.push(data);
  }
  close() {
    this.closed = true;
  }
  frame(offset: number, bytes: Uint8Array, stream = 1) {
    const buffer = new ArrayBuffer(8 + bytes.length);
    new DataView(buffer).setBigUint64(0, BigInt(offset));
    new DataView(buffer).setUint8(0, stream);
    new Uint8Array(buffer, 8).set(bytes);
    this.onmessage?.({ data: buffer });
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  cut(code = 1006) {
    this.onclose?.({ code });
  }
}

function start() {
  const table = new RowTable();
  const wires: Wire[] = [];
  const states: StreamState[] = [];
  const statuses: Record<string, unknown>[] = [];
  const stream = new LogStream(
    "ws://console/ws/jobs/1",
    {
      expected: () => table.bytes.end,
      bytes: (bytes, stderr) => {
        table.append(bytes, stderr);
      },
      gap: (to) => {
        table.gap(to);
      },
      status: (fields) => statuses.push(fields),
      state: (state) => states.push(state),
    },
    (url) => {
      const wire = new Wire(url);
      wires.push(wire);
      return wire;
    },
    () => 0.5,
  );
  stream.open();
  const wire = () => {
    const last = wires.at(-1);
    if (!last) throw new Error("nothing was connected");
    return last;
  };
  wire().onopen?.();
  return { table, wires, wire, states, statuses, stream, state: () => states.at(-1)?.state };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("LogStream", () => {
  it("asks from where it stands, takes frames, and acknowledges them", () => {
    const { table, wire } = start();
    expect(wire().url).toBe("ws://console/ws/jobs/1?format=binary&from=0");
    expect(wire().binaryType).toBe("arraybuffer");
    wire().frame(0, bytesOf("hello\n"));
    expect(table.bytes.end).toBe(6);
    expect(wire().sent).toEqual(['{"type":"ack","offset":6}']);
  });

  it("says at once that the network has gone, and connects at once when it is back", () => {
    const { wires, wire, stream, state } = start();
    wire().frame(0, bytesOf("abc"));
    vi.stubGlobal("navigator", { onLine: false });
    stream.lost();
    expect(state()).toBe("offline");
    vi.unstubAllGlobals();
    stream.wake();
    expect(wires).toHaveLength(2);
    expect(wire().from).toBe(3);
  });

  it("reads the attempts of a status message", () => {
    expect(attemptsOf({ status: "running", attempts: [{ number: 2, first_byte: 7, lines: 3 }] })).toEqual([{ number: 2, firstByte: 7 }]);
    expect(attemptsOf({ status: "running" })).toBeNull();
  });

  it("tells the two streams apart", () => {
    const { table, wire } = start();
    wire().frame(0, bytesOf("out\n"), 1);
    wire().frame(4, bytesOf("err\n"), 2);
    expect([table.flagsOf(0) & IS_STDERR, table.flagsOf(1) & IS_STDERR]).toEqual([0, IS_STDERR]);
  });

  it("comes back from a cut where it stopped, later each time, and sooner again once data flows", () => {
    const { wires, wire, states } = start();
    wire().frame(0, bytesOf("abc"));
    wire().cut();
    expect(states.at(-1)).toMatchObject({ state: "reconnecting" });
    vi.advanceTimersByTime(500);
    expect(wires).toHaveLength(2);
    expect(wire().from).toBe(3);
    wire().cut();
    vi.advanceTimersByTime(999);
    expect(wires).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(wires).toHaveLength(3);
    for (let cut = 0; cut < 12; cut++) {
      wire().cut();
      vi.advanceTimersByTime(15_000);
    }
    expect(wires).toHaveLength(15);
    wire().onopen?.();
    wire().frame(3, bytesOf("d"));
    wire().cut();
    vi.advanceTimersByTime(500);
    expect(wires).toHaveLength(16);
  });

  it("goes at once when it is woken", () => {
    const { wires, wire, stream } = start();
    wire().cut();
    stream.wake();
    expect(wires).toHaveLength(2);
  });

  it("gives a silent line up, though nobody closed it", () => {
    const { wires, wire } = start();
    vi.advanceTimersByTime(40_000);
    expect(wire().sent).toContain("ping");
    expect(wires).toHaveLength(1);
    vi.advanceTimersByTime(20_000);
    expect(wires).toHaveLength(2);
    expect(wires[0]?.closed).toBe(true);
  });

  it("passes status on and stops at the end", () => {
    const { wire, wires, statuses, state } = start();
    wire().say({ type: "status", status: "completed", exit_code: 0 });
    wire().frame(0, bytesOf("x\n"));
    wire().say({ type: "end", lines: 1, bytes: 2 });
    expect(statuses).toEqual([{ status: "completed", exit_code: 0 }]);
    expect(state()).toBe("ended");
    vi.advanceTimersByTime(60_000);
    expect(wires).toHaveLength(1);
  });

  it("does not believe an end that knows of more bytes", () => {
    const { wire, wires } = start();
    wire().frame(0, bytesOf("x"));
    wire().say({ type: "end", lines: 3, bytes: 9 });
    vi.advanceTimersByTime(500);
    expect(wires).toHaveLength(2);
    expect(wire().from).toBe(1);
  });

  it("stops when it is refused", () => {
    const { wire, wires, state } = start();
    wire().cut(1008);
    expect(state()).toBe("refused");
    vi.advanceTimersByTime(60_000);
    expect(wires).toHaveLength(1);
  });

  it("asks again when bytes are missing in front of a frame, and never takes it", () => {
    const { table, wire, wires } = start();
    wire().frame(0, bytesOf("ab"));
    wire().frame(5, bytesOf("fg"));
    expect(table.bytes.end).toBe(2);
    vi.advanceTimersByTime(500);
    expect(wires).toHaveLength(2);
    expect(wire().from).toBe(2);
  });

  it("survives nonsense", () => {
    const { table, wire, state } = start();
    wire().onmessage?.({ data: "{broken" });
    wire().onmessage?.({ data: "[]" });
    wire().onmessage?.({ data: new ArrayBuffer(3) });
    wire().say({ type: "tomorrow's invention" });
    expect(table.bytes.end).toBe(0);
    expect(state()).toBe("live");
  });

  it("holds exactly the stored log after random cuts, overlaps, gaps in order and doubled frames", () => {
    const next = random(20261121);
    const log = new Uint8Array(400_000);
    for (let at = 0; at < log.length; at++) log[at] = next() < 0.02 ? 10 : 32 + Math.floor(next() * 90);
    const { table, wire, stream } = start();
    let frames = 0;
    while (table.bytes.end < log.length) {
      expect(wire().from).toBeLessThanOrEqual(table.bytes.end);
      const dice = next();
      const overlap = Math.floor(next() * Math.min(3000, table.bytes.end));
      const jump = dice < 0.05 ? 1 + Math.floor(next() * 500) : 0;
      const offset = Math.min(log.length - 1, table.bytes.end - overlap + (jump > 0 ? overlap + jump : 0));
      wire().frame(offset, log.subarray(offset, offset + 1 + Math.floor(next() * 9000)));
      frames++;
      if (dice > 0.85) wire().cut();
      if (wire().closed || wire().onmessage === null) {
        stream.wake();
        wire().onopen?.();
      }
    }
    const sha256 = createHash("sha256");
    for (const part of table.bytes.parts()) sha256.update(part);
    expect(sha256.digest("hex")).toBe(createHash("sha256").update(log).digest("hex"));
    expect(frames).toBeGreaterThan(50);
    const newlines = log.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
    expect(table.count).toBe(newlines + (log.at(-1) === 10 ? 0 : 1));
  });
});
