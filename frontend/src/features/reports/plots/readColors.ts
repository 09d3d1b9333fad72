import type { Colors } from "./colors";

/** Those of the theme that is shown: a canvas does not know the page's variables. */
export function readColors(element: Element): Colors {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim() || "#808080";
  return {
    text: of("text"),
    muted: of("muted"),
    line: of("line-strong"),
    surface: of("surface"),
    accent: of("accent"),
    font: style.fontFamily,
    positions: { GK: of("warn"), DEF: of("accent"), MID: of("ok"), FWD: of("bad") },
  };
}
