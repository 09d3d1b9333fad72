import { type Look, lookOf, type Palette, readPalette } from "./colors";
import type { Piece, ShownRow } from "./protocol";
import { RowNode } from "./rowNode";
import type { Scroll } from "./scroll";

/** Rows from `from` to `to`, both inside; zero-based. */
export interface Selection {
  from: number;
  to: number;
}

interface Marks {
  selection: Selection | null;
  current: number | null;
}

/** Draws the rows that are in sight, and no others, into elements that are used again and again. */
export class Painter {
  private readonly nodes: RowNode[] = [];
  private palette: Palette;
  private readonly looks = new Map<string, Look>();
  private digits = 0;
  private readonly theme: MutationObserver;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly layer: HTMLElement,
    repaint: () => void,
  ) {
    layer.replaceChildren();
    this.palette = readPalette(scroller);
    this.theme = new MutationObserver(() => {
      this.palette = readPalette(scroller);
      this.looks.clear();
      for (const node of this.nodes) node.key = "";
      repaint();
    });
    this.theme.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
  }

  destroy() {
    this.theme.disconnect();
  }

  draw(scroll: Scroll, first: number, shown: readonly ShownRow[], rows: number, follow: boolean, marks: Marks) {
    const digits = Math.max(3, String(rows).length);
    if (digits !== this.digits) {
      this.digits = digits;
      this.scroller.style.setProperty("--digits", String(digits));
    }
    while (this.nodes.length < shown.length) {
      const node = new RowNode();
      this.nodes.push(node);
      this.layer.append(node.element);
    }
    this.nodes.forEach((node, index) => {
      const row = shown[index];
      node.element.hidden = row === undefined;
      if (row) this.drawRow(node, row, marks);
    });
    scroll.place(this.layer, first, shown.length, (index) => this.nodes[index]?.element.offsetHeight ?? 0, follow);
  }

  private drawRow(node: RowNode, row: ShownRow, { selection, current }: Marks) {
    node.draw(row, (style) => this.lookOf(style));
    node.element.classList.toggle("selected", selection !== null && row.row >= selection.from && row.row <= selection.to);
    node.element.classList.toggle("current", row.row === current);
  }

  private lookOf(style: NonNullable<Piece["style"]>): Look {
    const key = JSON.stringify(style);
    let look = this.looks.get(key);
    if (!look) {
      look = lookOf(style, this.palette);
      this.looks.set(key, look);
    }
    return look;
  }
}
