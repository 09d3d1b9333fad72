import { LogModel } from "./model";

/**
 * The end of a large log, shown while the whole is on its way: a log of millions of lines opens where it is read. It has no
 * line numbers, because nobody knows them before the rows above are there, and goes when the whole has come.
 */

/** A smaller log is there in a moment by itself. */
const WORTH_IT = 4_000_000;
const SIZE = 1 << 20;
const PAUSE = 1_000;
const LF = 0x0a;

export type ReadRaw = (from: number, limit: number) => Promise<{ bytes: Uint8Array; from: number; total: number }>;

export class Tail {
  readonly model = new LogModel();
  private asked = performance.now();
  private asking = false;

  private constructor(private readonly read: ReadRaw) {}

  /** Null when the log is not large. */
  static async of(read: ReadRaw): Promise<Tail | null> {
    const { total } = await read(0, 1);
    if (total < WORTH_IT) return null;
    const { bytes, from } = await read(total - SIZE, 4 * SIZE);
    const tail = new Tail(read);
    // What stands before the first line end is the rest of a line.
    const start = bytes.indexOf(LF) + 1;
    tail.model.table.startAt(from + start);
    tail.model.table.append(bytes.subarray(start));
    return tail;
  }

  get end(): number {
    return this.model.table.bytes.end;
  }

  /** Reads what was printed meanwhile, once a second. Calls back when there was something. */
  grow(came: () => void) {
    if (this.asking || performance.now() - this.asked < PAUSE) return;
    this.asking = true;
    void this.read(this.end, 4 * SIZE)
      .then(({ bytes, from }) => {
        if (bytes.length > 0 && from === this.end) {
          this.model.table.append(bytes);
          came();
        }
      })
      .catch(() => undefined)
      .finally(() => {
        this.asking = false;
        this.asked = performance.now();
      });
  }
}
