import type { AttemptStart, StreamState } from "./protocol";

/**
 * The live connection of one log. A binary frame is one byte for the stream (1 out, 2 err), seven for the offset of its
 * first byte, and bytes. It always asks from the next byte it does not have, so a break of any kind leaves no gap and no
 * double.
 */

export interface Socket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send: (data: string) => void;
  close: () => void;
}

export interface Sink {
  /** The next byte that is not there yet. */
  expected: () => number;
  bytes: (bytes: Uint8Array, stderr: boolean) => void;
  gap: (to: number) => void;
  status: (fields: Record<string, unknown>) => void;
  state: (state: StreamState) => void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
const PING_EVERY = 20_000;
/** Two pings without any answer: the line is dead though nobody said so (a sleeping laptop, a lost proxy). */
const SILENCE = 45_000;
const HEADER_BYTES = 8;
const OFFSET_BITS = 56;
const STDERR = 2;
const REFUSED = new Set([1008, 4401, 4403, 4404]);

export class LogStream {
  private socket: Socket | null = null;
  private tries = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pulse: ReturnType<typeof setInterval> | undefined;
  private heard = 0;
  private finished = false;

  constructor(
    private readonly url: string,
    private readonly sink: Sink,
    private readonly connect: (url: string) => Socket,
    private readonly random: () => number = Math.random,
  ) {}

  open() {
    clearTimeout(this.retry);
    this.drop();
    if (this.finished) return;
    this.sink.state({ state: "connecting" });
    const separator = this.url.includes("?") ? "&" : "?";
    const socket = this.connect(`${this.url}${separator}format=binary&from=${this.sink.expected()}`);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.heard = Date.now();
      this.sink.state({ state: "live" });
      this.pulse = setInterval(() => {
        this.beat();
      }, PING_EVERY);
    };
    socket.onmessage = ({ data }) => {
      this.heard = Date.now();
      if (data instanceof ArrayBuffer) this.frame(data);
      else if (typeof data === "string" && data !== "pong") this.text(data);
    };
    socket.onclose = ({ code }) => {
      this.drop();
      if (REFUSED.has(code)) this.end("refused");
      else this.later();
    };
  }

  /** Connects now if it is only waiting to. */
  wake() {
    if (this.socket === null && !this.finished) this.open();
    else this.beat();
  }

  /** The network has gone: says so at once, rather than after the silence. */
  lost() {
    if (this.socket === null) return;
    this.drop();
    this.later();
  }

  close() {
    this.finished = true;
    clearTimeout(this.retry);
    this.drop();
  }

  private beat() {
    if (!this.socket) return;
    if (this.heard > 0 && Date.now() - this.heard > SILENCE) {
      this.drop();
      this.open();
    } else if (this.heard > 0) this.socket.send("ping");
  }

  private drop() {
    clearInterval(this.pulse);
    const { socket } = this;
    if (!socket) return;
    this.socket = null;
    this.heard = 0;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private end(state: "ended" | "refused") {
    this.close();
    this.sink.state({ state });
  }

  private later() {
    if (this.finished) return;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.tries++) * (0.75 + this.random() * 0.5);
    this.sink.state(
      typeof navigator !== "undefined" && !navigator.onLine
        ? { state: "offline" }
        : { state: "reconnecting", retryAt: Date.now() + pause },
    );
    this.retry = setTimeout(() => {
      this.open();
    }, pause);
  }

  private frame(buffer: ArrayBuffer) {
    if (buffer.byteLength < HEADER_BYTES) return;
    const header = new DataView(buffer);
    const start = Number(BigInt.asUintN(OFFSET_BITS, header.getBigUint64(0)));
    const bytes = new Uint8Array(buffer, HEADER_BYTES);
    const expected = this.sink.expected();
    if (start > expected) {
      // Bytes are missing in between. Asking again from where we stand is the one way that cannot lose them.
      this.drop();
      this.later();
      return;
    }
    const fresh = bytes.subarray(Math.min(bytes.length, expected - start));
    // Said before the work is done, so that the next frame travels meanwhile.
    this.acknowledge(expected + fresh.length);
    if (fresh.length === 0) return;
    this.tries = 0;
    this.sink.bytes(fresh, header.getUint8(0) === STDERR);
  }

  private acknowledge(offset: number) {
    this.socket?.send(JSON.stringify({ type: "ack", offset }));
  }

  private text(data: string) {
    const message = parse(data);
    switch (message.type) {
      case "gap":
        if (typeof message.to === "number") {
          this.sink.gap(message.to);
          this.acknowledge(this.sink.expected());
        }
        break;
      case "status": {
        const { type: _type, ...fields } = message;
        this.sink.status(fields);
        break;
      }
      case "end":
        if (typeof message.bytes === "number" && message.bytes > this.sink.expected()) {
          this.drop();
          this.later();
        } else this.end("ended");
        break;
      default:
        // A newer server may say more than we know.
        break;
    }
  }
}

function parse(data: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The attempts that a status message tells of, if it does. */
export function attemptsOf({ attempts }: Record<string, unknown>): AttemptStart[] | null {
  if (!Array.isArray(attempts)) return null;
  return (attempts as { number: number; first_byte: number }[]).map(({ number, first_byte }) => ({ number, firstByte: first_byte }));
}
