/** Terminal colours and the decoding of one row for the eye. */

/** A colour: none, one of the 256 of the palette, or `RGB | 0xrrggbb`. */
export const NONE = -1;
export const RGB = 0x1000000;

export interface Style {
  readonly fg: number;
  readonly bg: number;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly inverse: boolean;
}

export const PLAIN: Style = {
  fg: NONE,
  bg: NONE,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

/** Gives each different style a small number, so that a row keeps two bytes for the one it starts with. */
export class StyleTable {
  private readonly ids = new Map<string, number>();
  private readonly styles: Style[] = [];

  constructor() {
    this.id(PLAIN);
  }

  id(style: Style): number {
    const key = `${style.fg},${style.bg},${[style.bold, style.dim, style.italic, style.underline, style.strike, style.inverse].map(Number).join("")}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      // A row has 16 bits for it. A program that paints more styles than that gets plain row starts, not wrong ones.
      if (this.styles.length > 0xffff) return 0;
      id = this.styles.length;
      this.ids.set(key, id);
      this.styles.push(style);
    }
    return id;
  }

  get(id: number): Style {
    return this.styles[id] ?? PLAIN;
  }
}

const FLAGS: Record<number, Partial<Style>> = {
  0: PLAIN,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { fg: NONE },
  49: { bg: NONE },
};

/** Applies the parameters of `ESC [ … m`. Both `38;5;n` and `38:5:n` are in use. */
export function applySgr(style: Style, parameters: string): Style {
  const codes = parameters === "" ? [0] : parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let next: Style = style;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    const flag = FLAGS[code];
    if (flag) next = { ...next, ...flag };
    else if (code >= 30 && code <= 37) next = { ...next, fg: code - 30 };
    else if (code >= 40 && code <= 47) next = { ...next, bg: code - 40 };
    else if (code >= 90 && code <= 97) next = { ...next, fg: code - 82 };
    else if (code >= 100 && code <= 107) next = { ...next, bg: code - 92 };
    else if (code === 38 || code === 48) {
      const { color, used } = extendedColor(codes, index + 1, parameters.includes(":"));
      index += used;
      if (color !== null) next = code === 38 ? { ...next, fg: color } : { ...next, bg: color };
    }
  }
  return next;
}

function extendedColor(codes: number[], at: number, colons: boolean): { color: number | null; used: number } {
  const byte = (index: number) => Math.min(255, Math.max(0, codes[index] ?? 0));
  if (codes[at] === 5) return { color: byte(at + 1), used: 2 };
  if (codes[at] !== 2) return { color: null, used: 1 };
  // With colons a colour space may stand before the three values: 38:2::r:g:b.
  const first = colons && codes.length - at > 4 ? at + 2 : at + 1;
  return { color: RGB | (byte(first) << 16) | (byte(first + 1) << 8) | byte(first + 2), used: first - at + 3 };
}

export interface Span {
  text: string;
  style: Style;
}

// CSI with its parameters and final letter · OSC and its kin up to BEL or ST (or the row's end) · two- and three-byte escapes.
const ESCAPE = /\x1b(?:\[([0-9:;<=>?]*)[ -/]*([@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]+[0-~]|[0-~]|$)/g;
const CONTROL = /[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f]/g;

/** Takes backspaces at their word and draws other control characters as pictures, so that none acts and none hides. */
function tidy(text: string): string {
  let result = text;
  while (/[^\b]\x08/.test(result)) result = result.replaceAll(/[^\b]\x08/g, "");
  return result.replaceAll(CONTROL, (control) => (control === "\x08" || control === "\x07" ? "" : control === "\x7f" ? "␡" : String.fromCharCode(0x2400 + control.charCodeAt(0))));
}

/** The pieces of a row that share a style, escapes taken out. */
export function spansOf(text: string, start: Style): Span[] {
  if (!text.includes("\x1b")) return text === "" ? [] : [{ text: tidy(text), style: start }];
  const spans: Span[] = [];
  let style = start;
  let at = 0;
  const push = (end: number) => {
    if (end > at) spans.push({ text: tidy(text.slice(at, end)), style });
  };
  for (const match of text.matchAll(ESCAPE)) {
    push(match.index);
    at = match.index + match[0].length;
    if (match[2] === "m" && !/[<=>?]/.test(match[1] ?? "")) style = applySgr(style, match[1] ?? "");
  }
  push(text.length);
  return spans.filter(({ text }) => text !== "");
}

/** A row as plain text: what is copied and what is searched. */
export function plainText(text: string): string {
  return tidy(text.includes("\x1b") ? text.replaceAll(ESCAPE, "") : text);
}
