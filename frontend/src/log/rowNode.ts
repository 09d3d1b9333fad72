import { formatAbsolute, formatLineTime } from "@/lib/time";
import type { Look } from "./colors";
import type { Piece, ShownRow } from "./protocol";

type LookOf = (style: NonNullable<Piece["style"]>) => Look;

/** The elements of one row. Text goes in through `textContent` only: whatever a job prints stays text. */
export class RowNode {
  readonly element = document.createElement("div");
  private readonly number = document.createElement("span");
  private readonly time = document.createElement("time");
  private readonly line = document.createElement("span");
  private fold: HTMLButtonElement | null = null;
  key = "";

  constructor() {
    this.element.className = "row";
    this.number.className = "no";
    this.number.setAttribute("aria-hidden", "true");
    this.line.className = "line";
    this.time.className = "at";
    this.element.append(this.number, this.time, this.line);
  }

  draw(row: ShownRow, look: LookOf) {
    if (this.key === row.key) return;
    this.key = row.key;
    this.element.dataset.row = String(row.row);
    this.number.dataset.no = row.row < 0 ? "·" : String(row.row + 1);
    this.drawTime(row.time);
    this.element.classList.toggle("gap", row.gap);
    this.element.classList.toggle("err", row.stderr);
    if (row.attempt === null) delete this.element.dataset.attempt;
    else this.element.dataset.attempt = `Attempt ${row.attempt}`;

    let used = 0;
    for (const { text, style, mark } of row.pieces) {
      const span = this.span(used++);
      const { className, color, background } = style ? look(style) : PLAIN_LOOK;
      const name = mark ? `${className} mark`.trimStart() : className;
      if (span.className !== name) span.className = name;
      span.style.color = color;
      span.style.backgroundColor = mark ? "" : background;
      span.textContent = text;
    }
    while (this.line.childElementCount > used) this.line.lastElementChild?.remove();
    this.fold?.remove();
    this.fold = row.folded > 0 ? foldButton(row) : null;
    if (this.fold) this.element.append(this.fold);
  }

  private drawTime(time: number | null) {
    const date = time === null ? null : new Date(time);
    this.time.textContent = date ? formatLineTime(date) : "";
    this.time.dateTime = date?.toISOString() ?? "";
    this.time.title = date ? formatAbsolute(date) : "";
  }

  private span(index: number): HTMLSpanElement {
    const old = this.line.children[index];
    if (old instanceof HTMLSpanElement) return old;
    const span = document.createElement("span");
    if (old) old.replaceWith(span);
    else this.line.append(span);
    return span;
  }
}

const PLAIN_LOOK: Look = { className: "", color: "", background: "" };

function foldButton({ row, folded }: ShownRow): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fold";
  button.dataset.unfold = String(row);
  button.textContent = `… ${Math.ceil(folded / 1000).toLocaleString("en-GB")} kB more: show all`;
  return button;
}
