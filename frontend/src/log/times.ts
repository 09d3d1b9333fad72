/**
 * When the rows in sight were written. The stream carries bytes only, so the server is asked for the part that is looked at;
 * what it said is kept. A row has the time at which the part of it that is seen began to be written.
 */

interface Block {
  /** The byte behind the last one whose time is known. */
  known: number;
  starts: number[];
  times: number[];
  /** Not before this moment is it asked for again. */
  next: number;
  asking: boolean;
}

/** About a thousand lines. */
export const TIMES_BLOCK = 128 * 1024;
const MOST_BLOCKS = 2_000;
const AT_ONCE = 4;
/** The end of a running log is asked for again, but not with every line. */
const PAUSE = 500;
/** While the console is away, or has no such bytes any more. */
const LONG_PAUSE = 5_000;

export interface TimesAnswer {
  next: number;
  marks: [number, number][];
}

export class LogTimes {
  private readonly blocks = new Map<number, Block>();
  private running = 0;

  constructor(
    private readonly read: (from: number, limit: number) => Promise<TimesAnswer>,
    private readonly came: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The time of a byte, or null; then it is asked for, and `came` is called when the answer is there. */
  at(byte: number): number | null {
    const index = Math.floor(byte / TIMES_BLOCK);
    const block = this.block(index);
    if (byte >= block.known) {
      this.ask(index, block);
      return null;
    }
    let at = block.starts.length - 1;
    while (at > 0 && (block.starts[at] ?? 0) > byte) at--;
    return block.times[at] ?? null;
  }

  private block(index: number): Block {
    let block = this.blocks.get(index);
    if (!block) {
      if (this.blocks.size >= MOST_BLOCKS) this.blocks.clear();
      block = { known: 0, starts: [], times: [], next: 0, asking: false };
      this.blocks.set(index, block);
    }
    return block;
  }

  private ask(index: number, block: Block) {
    if (block.asking || this.running >= AT_ONCE) return;
    const wait = block.next - this.now();
    block.asking = true;
    this.running++;
    setTimeout(() => void this.fetch(index, block), Math.max(0, wait));
  }

  private async fetch(index: number, block: Block) {
    let pause = LONG_PAUSE;
    try {
      const answer = await this.read(index * TIMES_BLOCK, TIMES_BLOCK);
      if (answer.next > block.known) pause = PAUSE;
      block.known = answer.next;
      block.starts = answer.marks.map(([byte]) => byte);
      block.times = answer.marks.map(([, time]) => time);
    } catch {
      // The console is away; the rows go without until it is back.
    } finally {
      block.next = this.now() + pause;
      block.asking = false;
      this.running--;
      this.came();
    }
  }
}
