import type { Position } from "@/api/types";

export interface Colors {
  text: string;
  muted: string;
  line: string;
  surface: string;
  accent: string;
  font: string;
  positions: Record<Position, string>;
}

/** Each position has a shape of its own, so that colour is not the only sign. */
export const SHAPES: Record<Position, string> = { GK: "triangle", DEF: "circle", MID: "diamond", FWD: "rect" };

/** `#fff`, as the build shortens it, or `#ffffff`. */
function channels(color: string): [number, number, number] {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color);
  const hex = short ? short.slice(1).map((digit) => digit + digit).join("") : (/^#([0-9a-f]{6})$/i.exec(color)?.[1] ?? "808080");
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
}

/** `part` of the second colour in the first. */
export function mix(first: string, second: string, part: number): string {
  const [from, to] = [channels(first), channels(second)];
  return `#${from.map((value, at) => Math.round(value + ((to[at] ?? value) - value) * part).toString(16).padStart(2, "0")).join("")}`;
}

/** Black or white, whichever is easier to read on it. */
export function textOn(color: string): string {
  const [red, green, blue] = channels(color).map((value) => (value / 255) ** 2.2) as [number, number, number];
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return light > 0.18 ? "#111111" : "#ffffff";
}
