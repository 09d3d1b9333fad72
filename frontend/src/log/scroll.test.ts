import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ROW, Scroll } from "./scroll";

const HEIGHT = 600;
const TALLEST = 8_000_000;

/** jsdom has no layout, so the element is told how tall it is. */
function setUp(rows: number) {
  const scroller = document.createElement("div");
  const spacer = document.createElement("div");
  Object.defineProperty(scroller, "clientHeight", { value: HEIGHT });
  const moved = vi.fn();
  const scroll = new Scroll(scroller, spacer, { moved, resized: () => undefined });
  scroll.setRows(rows);
  const layer = document.createElement("div");
  const draw = (follow: boolean, first = Math.max(0, scroll.row - 30), heightOf: (index: number) => number = () => ROW) => {
    scroll.place(layer, first, Math.min(rows - first, 90), heightOf, follow);
    return Number(/-?\d+(\.\d+)?/.exec(layer.style.transform)?.[0] ?? 0);
  };
  const dragTo = (top: number) => {
    scroller.scrollTop = top;
    scroller.dispatchEvent(new Event("scroll"));
  };
  return { scroll, scroller, spacer, moved, draw, dragTo };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Scroll", () => {
  it("is exact while the log is low enough for a browser", () => {
    const { scroll, spacer, draw, dragTo, moved } = setUp(1000);
    expect(spacer.style.height).toBe("20000px");
    dragTo(4010);
    expect(scroll.row).toBe(200);
    expect(moved).toHaveBeenCalledWith(false);
    expect(draw(false)).toBe(-(30 * ROW + 10));
  });

  it("never makes an element taller than browsers allow, and still reaches both ends", () => {
    const { scroll, spacer, draw, dragTo } = setUp(2_000_000);
    expect(spacer.style.height).toBe(`${TALLEST}px`);
    dragTo(TALLEST - HEIGHT);
    draw(false, 2_000_000 - 90);
    expect(scroll.row).toBe(2_000_000 - HEIGHT / ROW);
    expect(scroll.atEnd).toBe(true);
    dragTo(TALLEST / 2);
    expect(scroll.row).toBeGreaterThan(990_000);
    expect(scroll.row).toBeLessThan(1_010_000);
    dragTo(0);
    expect(scroll.row).toBe(0);
  });

  it("moves by real pixels for a small turn of the wheel, however long the log is", () => {
    const { scroll, scroller, dragTo } = setUp(2_000_000);
    dragTo(4_000_000);
    const { row } = scroll;
    vi.advanceTimersByTime(200);
    dragTo(scroller.scrollTop + 100);
    expect(scroll.row).toBe(row + 5);
    vi.advanceTimersByTime(200);
    dragTo(scroller.scrollTop - 40);
    expect(scroll.row).toBe(row + 3);
  });

  it("keeps the last row on the lower edge while following", () => {
    const { scroll, draw } = setUp(500);
    scroll.toEnd();
    expect(draw(true, 410)).toBe(-(90 * ROW - HEIGHT));
    expect(scroll.row).toBe(500 - HEIGHT / ROW);
  });

  it("leaves a short log at the top", () => {
    const { draw } = setUp(5);
    expect(draw(true, 0)).toBeCloseTo(0);
  });

  it("measures rows that wrap", () => {
    const { scroll, draw } = setUp(1000);
    scroll.setWrap(true);
    scroll.toRow(0);
    draw(false, 0, () => 3 * ROW);
    scroll.lines(4);
    expect(scroll.row).toBe(1);
    expect(draw(false, 0, () => 3 * ROW)).toBe(-(4 * ROW));
  });

  it("shows a row in the middle when it is revealed", () => {
    const { scroll } = setUp(1000);
    scroll.center(500);
    expect(scroll.row).toBe(500 - HEIGHT / ROW / 2);
    scroll.center(3);
    expect(scroll.row).toBe(0);
  });

  it("stays with the lines in sight when their numbers become known", () => {
    const { scroll } = setUp(10_000);
    scroll.toRow(9_000);
    scroll.lines(3);
    scroll.setRows(2_000_000);
    scroll.shift(1_990_000);
    expect(scroll.row).toBe(1_999_003);
  });
});
