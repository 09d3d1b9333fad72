/**
 * Where in the log the eye is. The truth is a row and the pixels of it that are above the edge; the browser's scroll bar
 * only mirrors it. A log of two million rows is taller than any element may be (Firefox 17.9 M px, Chrome 33.5 M px), so the
 * spacer is capped and far jumps are mapped by ratio, while small movements (a wheel, a finger, a key) count in real pixels.
 */

export const ROW = 20;
const TALLEST = 8_000_000;
/** After this rest the scroll bar is put where the truth is. */
const REST = 150;

interface Events {
  /** Somebody scrolled; `up` when towards the start. */
  moved: (up: boolean) => void;
  resized: () => void;
}

export class Scroll {
  row = 0;
  atEnd = true;
  private px = 0;
  private rows = 0;
  private wrap = false;
  private height = 0;
  private spacerHeight = 0;
  /** Measured heights while wrapping, and what to assume for rows not drawn yet. */
  private heights = new Map<number, number>();
  private average = ROW;
  private last = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private readonly observer: ResizeObserver;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly spacer: HTMLElement,
    private readonly events: Events,
  ) {
    this.measure();
    scroller.addEventListener("scroll", this.onScroll, { passive: true });
    this.observer = new ResizeObserver(() => {
      const { clientHeight } = scroller;
      this.heights.clear();
      if (clientHeight === this.height && !this.wrap) return;
      this.measure();
      this.spacerHeight = 0;
      events.resized();
    });
    this.observer.observe(scroller);
  }

  private measure() {
    this.height = this.scroller.clientHeight;
    this.scroller.style.setProperty("--view", `${this.height}px`);
  }

  destroy() {
    clearTimeout(this.rest);
    this.observer.disconnect();
    this.scroller.removeEventListener("scroll", this.onScroll);
  }

  get visibleRows(): number {
    return Math.ceil(this.height / ROW) + 1;
  }

  setWrap(wrap: boolean) {
    if (this.wrap === wrap) return;
    this.wrap = wrap;
    this.heights.clear();
    this.average = ROW;
    this.px = 0;
    this.spacerHeight = 0;
  }

  /** Heights measured so far no longer hold: other rows, or rows of another width. */
  forget() {
    this.heights.clear();
    this.spacerHeight = 0;
  }

  /** The rows in sight have other numbers now, and stay where they are. */
  shift(rows: number) {
    this.row = Math.max(0, Math.min(this.row + rows, this.rows - 1));
    this.heights.clear();
    this.mirror();
  }

  setRows(rows: number) {
    this.rows = rows;
    const full = Math.max(this.height, Math.min(TALLEST, Math.ceil(rows * this.average)));
    if (full === this.spacerHeight) return;
    this.spacerHeight = full;
    this.spacer.style.height = `${full}px`;
  }

  toEnd() {
    this.row = Math.max(0, this.rows - 1);
    this.atEnd = true;
  }

  toRow(row: number) {
    this.row = Math.max(0, Math.min(row, this.rows - 1));
    this.px = 0;
    this.atEnd = false;
    this.mirror();
  }

  center(row: number) {
    this.toRow(row);
    this.move(-Math.floor(this.height / 2 / ROW) * ROW);
    this.mirror();
  }

  lines(count: number) {
    this.by(count * ROW);
  }

  pages(count: number) {
    this.by(count * Math.max(ROW, this.height - 2 * ROW));
  }

  private by(delta: number) {
    this.move(delta);
    this.mirror();
    this.events.moved(delta < 0);
  }

  /**
   * Puts the drawn rows in their place: the first of them is `first`, `count` in all, `heightOf` measures one.
   * With `follow` the last one sits at the lower edge.
   */
  place(layer: HTMLElement, first: number, count: number, heightOf: (index: number) => number, follow: boolean) {
    if (count === 0) return;
    // The rows for a far jump are still on their way: what is drawn stays where it is, rather than a blank.
    const covered = this.row >= first && this.row < first + count;
    if (!covered && !(follow && first + count >= this.rows)) return;
    const heights = Array.from({ length: count }, (_, index) => (this.wrap ? heightOf(index) : ROW));
    if (this.wrap) this.learn(first, heights);
    const total = heights.reduce((sum, height) => sum + height, 0);
    const reachesEnd = first + count >= this.rows;

    let above: number;
    if (follow && reachesEnd) {
      above = total - this.height;
      this.atEnd = true;
    } else {
      if (!follow) this.settle();
      above = this.px;
      for (let index = 0; index < this.row - first && index < count; index++) above += heights[index] ?? ROW;
      if (reachesEnd && above >= total - this.height) {
        // There is nothing below: the last row rests on the lower edge.
        above = total - this.height;
        this.atEnd = true;
      } else this.atEnd = false;
    }
    if (first === 0 && above < 0) above = 0;
    if (reachesEnd && (follow || this.atEnd)) this.remember(first, heights, above);
    layer.style.transform = `translateY(${-above}px)`;
    if (follow) this.mirror();
  }

  /** Takes the row at the upper edge from what was drawn, so that scrolling up from the end starts there. */
  private remember(first: number, heights: readonly number[], above: number) {
    let left = Math.max(0, above);
    let index = 0;
    while (index < heights.length - 1 && left >= (heights[index] ?? ROW)) left -= heights[index++] ?? ROW;
    this.row = first + index;
    this.px = left;
  }

  private learn(first: number, heights: readonly number[]) {
    if (this.heights.size > 20_000) this.heights.clear();
    let total = 0;
    heights.forEach((height, index) => {
      this.heights.set(first + index, height);
      total += height;
    });
    const average = heights.length > 0 ? total / heights.length : ROW;
    // Moves slowly: the scroll bar must not jump with every screenful.
    this.average = Math.max(ROW, this.average + (average - this.average) * 0.1);
  }

  private heightOf(row: number): number {
    return this.wrap ? (this.heights.get(row) ?? ROW) : ROW;
  }

  private move(delta: number) {
    this.px += delta;
    this.settle();
  }

  /** Brings `px` back inside the row, going over to its neighbours. */
  private settle() {
    if (!this.wrap) {
      const top = Math.max(0, Math.min(this.row * ROW + this.px, this.rows * ROW - this.height));
      this.row = Math.floor(top / ROW);
      this.px = top - this.row * ROW;
      return;
    }
    while (this.px < 0 && this.row > 0) this.px += this.heightOf(--this.row);
    while (this.row < this.rows - 1 && this.px >= this.heightOf(this.row)) this.px -= this.heightOf(this.row++);
    this.px = Math.max(0, this.px);
  }

  private get most(): number {
    return Math.max(0, this.spacerHeight - this.height);
  }

  /** The truth as a share of the way, 0 to 1. */
  private get share(): number {
    const way = this.rows * this.average - this.height;
    return way <= 0 ? 0 : Math.min(1, ((this.row + this.px / this.heightOf(this.row)) * this.average) / way);
  }

  private mirror() {
    const top = this.atEnd && this.rows * this.average > this.height ? this.most : Math.round(this.share * this.most);
    if (Math.abs(this.scroller.scrollTop - top) >= 1) this.scroller.scrollTop = top;
    this.last = this.scroller.scrollTop;
  }

  private readonly onScroll = () => {
    const { scrollTop } = this.scroller;
    const delta = scrollTop - this.last;
    if (Math.abs(delta) < 1) return;
    this.last = scrollTop;
    const exact = !this.wrap && this.rows * ROW <= TALLEST;
    if (exact) {
      this.row = Math.floor(scrollTop / ROW);
      this.px = scrollTop - this.row * ROW;
    } else if (Math.abs(delta) <= 2 * this.height) this.move(delta);
    else if (scrollTop >= this.most - 1) this.row = Math.max(0, this.rows - 1);
    else {
      this.row = Math.floor((scrollTop / Math.max(1, this.most)) * Math.max(0, this.rows - this.height / this.average));
      this.px = 0;
    }
    this.settle();
    this.atEnd = exact && scrollTop >= this.most - 1;
    this.events.moved(delta < 0);
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      if (!exact) this.mirror();
    }, REST);
    // A bar at its stop would swallow the next turn of the wheel although there is more to see.
    if (!exact && (scrollTop <= 0 || scrollTop >= this.most - 1)) this.mirror();
  };
}

const STEPS: Record<string, (scroll: Scroll) => void> = {
  PageUp: (scroll) => { scroll.pages(-1); },
  PageDown: (scroll) => { scroll.pages(1); },
  " ": (scroll) => { scroll.pages(1); },
  ArrowUp: (scroll) => { scroll.lines(-1); },
  ArrowDown: (scroll) => { scroll.lines(1); },
};

/** False when the key is none that scrolls. */
export function scrollByKey(scroll: Scroll, key: string): boolean {
  const step = STEPS[key];
  step?.(scroll);
  return step !== undefined;
}
