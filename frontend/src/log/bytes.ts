/** The raw bytes of a log as they came, in blocks of 1 MiB. Nothing is decoded here. Offsets are those of the whole log. */

export const BLOCK = 1 << 20;

interface Block {
  start: number;
  length: number;
  /** Null once given up for memory; it can be read again from the server. */
  bytes: Uint8Array<ArrayBuffer> | null;
}

export interface Segment {
  bytes: Uint8Array<ArrayBuffer>;
  /** Index in `bytes` of the asked offset. */
  from: number;
  /** Index behind the last byte of the log in `bytes`. */
  to: number;
}

export class ByteStore {
  private readonly blocks: Block[] = [];
  private lastHit = 0;
  /** The next byte we do not have. */
  end = 0;
  /** Bytes in memory, whole blocks counted. */
  held = 0;

  append(bytes: Uint8Array) {
    let at = 0;
    while (at < bytes.length) {
      const block = this.writable();
      const room = Math.min(BLOCK - block.length, bytes.length - at);
      block.bytes?.set(bytes.subarray(at, at + room), block.length);
      block.length += room;
      this.end += room;
      at += room;
    }
  }

  /** Leaves a hole: the bytes up to `to` exist nowhere any more. */
  skipTo(to: number) {
    this.end = Math.max(this.end, to);
  }

  private writable(): Block {
    const last = this.blocks.at(-1);
    if (last?.bytes && last.length < BLOCK && last.start + last.length === this.end) return last;
    const block: Block = { start: this.end, length: 0, bytes: new Uint8Array(BLOCK) };
    this.blocks.push(block);
    this.held += BLOCK;
    return block;
  }

  private find(offset: number): Block | null {
    const near = this.blocks[this.lastHit];
    if (near && offset >= near.start && offset < near.start + near.length) return near;
    let low = 0;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.blocks[middle]?.start ?? Infinity) <= offset) low = middle;
      else high = middle - 1;
    }
    const block = this.blocks[low];
    if (!block || offset < block.start || offset >= block.start + block.length) return null;
    this.lastHit = low;
    return block;
  }

  /** The rest of the block that holds `offset`, without copying; null when it is in a hole, not there yet, or given up. */
  segment(offset: number): Segment | null {
    const block = this.find(offset);
    if (!block?.bytes) return null;
    return { bytes: block.bytes, from: offset - block.start, to: block.length };
  }

  /** Bytes `start` to `end`: a view when they lie in one block, else a copy. Null when a part of them was given up. */
  slice(start: number, end: number): Uint8Array<ArrayBuffer> | null {
    if (end <= start) return new Uint8Array(0);
    const first = this.segment(start);
    if (!first) return null;
    if (first.from + (end - start) <= first.to) return first.bytes.subarray(first.from, first.from + (end - start));
    const result = new Uint8Array(end - start);
    let at = start;
    while (at < end) {
      const part = this.segment(at);
      if (!part) return null;
      const size = Math.min(part.to - part.from, end - at);
      result.set(part.bytes.subarray(part.from, part.from + size), at - start);
      at += size;
    }
    return result;
  }

  byteAt(offset: number): number {
    const part = this.segment(offset);
    return part ? (part.bytes[part.from] ?? -1) : -1;
  }

  /** The ranges between `start` and `end` that were given up and have to be read again. */
  missing(start: number, end: number): { start: number; end: number }[] {
    return this.blocks
      .filter((block) => block.bytes === null && block.start < end && block.start + block.length > start)
      .map((block) => ({ start: block.start, end: block.start + block.length }));
  }

  /** Puts a block back that was given up. A short answer (the log was deleted meanwhile) is refused. */
  restore(start: number, bytes: Uint8Array<ArrayBuffer>): boolean {
    const block = this.blocks.find((candidate) => candidate.start === start);
    if (block?.bytes !== null || bytes.length !== block.length) return false;
    block.bytes = bytes;
    this.held += BLOCK;
    return true;
  }

  /** Gives up full blocks, those farthest from `keep` first, until no more than `limit` bytes are held. */
  trim(limit: number, keep: number) {
    if (this.held <= limit) return;
    const full = this.blocks
      .slice(0, -2)
      .filter((block) => block.bytes !== null)
      .toSorted((a, b) => Math.abs(b.start - keep) - Math.abs(a.start - keep));
    for (const block of full) {
      if (this.held <= limit) return;
      block.bytes = null;
      this.held -= BLOCK;
    }
  }

  /** Every byte held, in order, for a checksum. */
  *parts(): Generator<Uint8Array<ArrayBuffer>> {
    for (const { bytes, length } of this.blocks) if (bytes) yield bytes.subarray(0, length);
  }
}
