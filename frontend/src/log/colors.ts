import { NONE, RGB, type Style } from "./ansi";

/** Colours of the terminal on our surfaces. The 16 named ones are the theme's; all others are bent until they can be read. */

export type Rgb = readonly [number, number, number];

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
/** WCAG AA asks for 4.5; the rest is room for the tint of a hovered or selected row. */
const ENOUGH = 5.5;

export interface Palette {
  named: readonly Rgb[];
  background: Rgb;
  text: Rgb;
}

export function parseColor(css: string): Rgb {
  const hex = /^#([0-9a-f]{6})$/i.exec(css.trim());
  const value = hex ? Number.parseInt(hex[1] ?? "0", 16) : 0;
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The colours of the current theme, as the style sheet names them. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const variable = (name: string) => parseColor(style.getPropertyValue(name));
  return {
    named: [...NAMES.map((name) => variable(`--ansi-${name}`)), ...NAMES.map((name) => variable(`--ansi-bright-${name}`))],
    background: variable("--log-bg"),
    text: variable("--text"),
  };
}

export function rgbOf(color: number, palette: Palette): Rgb {
  if (color >= RGB) return [(color >> 16) & 255, (color >> 8) & 255, color & 255];
  if (color < 16) return palette.named[color] ?? palette.text;
  if (color >= 232) {
    const gray = 8 + (color - 232) * 10;
    return [gray, gray, gray];
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = color - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour, moved towards white or black just as far as it must to be readable on `background`. */
export function readable(color: Rgb, background: Rgb): Rgb {
  if (contrast(color, background) >= ENOUGH) return color;
  const goal = luminance(background) > 0.18 ? 0 : 255;
  for (let share = 0.1; share < 1; share += 0.1) {
    const mixed = color.map((value) => Math.round(value + (goal - value) * share)) as unknown as Rgb;
    if (contrast(mixed, background) >= ENOUGH) return mixed;
  }
  return [goal, goal, goal];
}

const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;

export interface Look {
  className: string;
  color: string;
  background: string;
}

/** How a piece of text is drawn. Colours are set on the element: an attribute in HTML would break the content policy. */
export function lookOf(style: Style, palette: Palette): Look {
  const names = [
    style.bold && "b",
    style.italic && "i",
    style.underline && "u",
    style.strike && "s",
    style.dim && style.fg === NONE && !style.inverse && "d",
  ].filter((name) => name !== false);
  const front = style.fg === NONE ? palette.text : rgbOf(style.fg, palette);
  const back = style.bg === NONE ? palette.background : rgbOf(style.bg, palette);
  if (style.inverse) return { className: names.join(" "), color: css(readable(back, front)), background: css(front) };
  if (style.bg !== NONE) return { className: names.join(" "), color: css(readable(front, back)), background: css(back) };
  if (style.fg === NONE) return { className: names.join(" "), color: "", background: "" };
  if (style.fg < 16) return { className: [...names, `c${style.fg}`].join(" "), color: "", background: "" };
  return { className: names.join(" "), color: css(readable(front, palette.background)), background: "" };
}
