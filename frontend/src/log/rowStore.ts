type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

const FIRST_SIZE = 1024;

function wider<T extends Column>(old: T, next: T): T {
  next.set(old);
  return next;
}

/** The rows of a log, 15 bytes each: as objects a million of them would take a hundred times that. */
export class RowStore {
  starts = new Float64Array(FIRST_SIZE);
  lengths = new Uint32Array(FIRST_SIZE);
  styleIds = new Uint16Array(FIRST_SIZE);
  flags = new Uint8Array(FIRST_SIZE);
  count = 0;

  push(start: number, styleId: number): number {
    if (this.count === this.starts.length) this.grow();
    const row = this.count++;
    this.starts[row] = start;
    this.lengths[row] = 0;
    this.styleIds[row] = styleId;
    this.flags[row] = 0;
    return row;
  }

  private grow() {
    const size = this.starts.length * 2;
    this.starts = wider(this.starts, new Float64Array(size));
    this.lengths = wider(this.lengths, new Uint32Array(size));
    this.styleIds = wider(this.styleIds, new Uint16Array(size));
    this.flags = wider(this.flags, new Uint8Array(size));
  }
}
