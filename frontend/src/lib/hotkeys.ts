import { useEffect, useLayoutEffect, useRef } from "react";
import { readPreference } from "./preferences";

/**
 * Keyboard shortcuts of the page. One listener; each shortcut says what it does, so that the help (`?`) is always complete.
 * A combination is `mod+k`, one key such as `j` or `?`, or two keys in turn such as `g d`.
 */
export interface Hotkey {
  keys: string;
  label: string;
  group: string;
  run: (event: KeyboardEvent) => void;
  /** Works while a field has the focus, too. For combinations with a modifier only. */
  inFields?: boolean;
  /** The shell's, on every page: a page may give the same keys a meaning of its own. */
  everywhere?: boolean;
}

const SEQUENCE_PAUSE = 900;
const hotkeys = new Set<Hotkey>();
let prefix: { key: string; time: number } | null = null;

export const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  if (target.tagName !== "INPUT") return false;
  return !["checkbox", "radio", "button", "submit"].includes((target as HTMLInputElement).type);
}

export function matchesKeys(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split("+");
  const key = keys.endsWith("++") ? "+" : (parts.at(-1) ?? "");
  const mod = parts.includes("mod");
  const pressed = MAC ? event.metaKey : event.ctrlKey;
  const other = MAC ? event.ctrlKey : event.metaKey;
  if (pressed !== mod || other || event.altKey) return false;
  // Characters such as "?" already carry their shift; for named keys and letters it must be asked for.
  if (/^[a-z]$/i.test(key) || key.length > 1) {
    if (event.shiftKey !== parts.includes("shift")) return false;
  }
  return event.key.toLowerCase() === key.toLowerCase();
}

/** The page's before the shell's, whichever was there first; of the page's, the one added last before those it covers. */
function ranked(): Hotkey[] {
  return [...hotkeys].reverse().toSorted((one, other) => Number(one.everywhere ?? false) - Number(other.everywhere ?? false));
}

function find(keys: (hotkey: Hotkey) => boolean, field: boolean): Hotkey | undefined {
  return ranked().find((hotkey) => (!field || hotkey.inFields) && keys(hotkey));
}

function onKeyDown(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing) return;
  const field = isField(event.target);
  const single = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (single && readPreference("singleKeys") === "off" && event.key !== "Escape") return;
  // An open dialog keeps the keyboard to itself, except for combinations.
  if (single && !field && document.querySelector('[role="dialog"][aria-modal="true"]')) return;

  if (single && !field && prefix && event.timeStamp - prefix.time < SEQUENCE_PAUSE) {
    const whole = `${prefix.key} ${event.key}`;
    prefix = null;
    const hit = find(({ keys }) => keys === whole, field);
    if (hit) {
      event.preventDefault();
      hit.run(event);
      return;
    }
  }
  prefix = null;
  const hit = find(({ keys }) => !keys.includes(" ") && matchesKeys(keys, event), field);
  if (hit) {
    event.preventDefault();
    hit.run(event);
  } else if (single && !field && [...hotkeys].some(({ keys }) => keys.startsWith(`${event.key} `))) {
    prefix = { key: event.key, time: event.timeStamp };
  }
}

export function addHotkey(hotkey: Hotkey): () => void {
  if (hotkeys.size === 0) addEventListener("keydown", onKeyDown);
  hotkeys.add(hotkey);
  return () => {
    hotkeys.delete(hotkey);
    if (hotkeys.size === 0) removeEventListener("keydown", onKeyDown);
  };
}

/** All shortcuts that work right now, for the help: of two with the same keys only the one that would run. */
export function listHotkeys(): Hotkey[] {
  const all = ranked();
  const works = new Set(all.filter((one, at) => all.findIndex(({ keys }) => keys === one.keys) === at));
  return [...hotkeys].filter((hotkey) => works.has(hotkey));
}

export function useHotkeys(list: readonly Hotkey[]) {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const identity = list.map(({ keys, group, label }) => `${keys}\t${group}\t${label}`).join("\n");
  // Before the page is painted: who sees it may press a key.
  useLayoutEffect(() => {
    const remove = latest.current.map((hotkey, index) =>
      addHotkey({ ...hotkey, run: (event) => latest.current[index]?.run(event) }),
    );
    return () => {
      for (const undo of remove) undo();
    };
  }, [identity]);
}

/** `mod+k` → `Ctrl` `K`, as it is printed on this machine's keys. */
export function keyCaps(keys: string): string[] {
  return keys.split(/[ ]|\+(?!$)/).map((key) => {
    if (key === "mod") return MAC ? "⌘" : "Ctrl";
    if (key === "shift") return MAC ? "⇧" : "Shift";
    if (key === "Enter") return "↵";
    if (key === "Escape") return "Esc";
    if (key === "ArrowUp") return "↑";
    if (key === "ArrowDown") return "↓";
    return key.length === 1 ? key.toUpperCase() : key;
  });
}
