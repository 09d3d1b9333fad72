import { useSyncExternalStore } from "react";

/** View settings of this browser. */
const DEFAULTS = {
  singleKeys: "on" as "on" | "off",
  /** `auto`: on a narrow screen. */
  logWrap: "auto" as "auto" | "on" | "off",
  logTimes: "off" as "on" | "off",
  logCase: "off" as "on" | "off",
  /** The browser says when a job ends that is looked at. */
  notifyEnd: "off" as "on" | "off",
  /** The dashboard's offer to set AIrsenal up. */
  setUpHint: "on" as "on" | "off",
  /** `local` (the browser's), `UTC`, or another name of the IANA database. */
  timeZone: "local",
};
export type Preferences = typeof DEFAULTS;
type Name = keyof Preferences;

const listeners = new Set<() => void>();
const cache = new Map<Name, string>();

export function readPreference<K extends Name>(name: K): Preferences[K] {
  let value = cache.get(name);
  if (value === undefined) {
    try {
      value = localStorage.getItem(`console:${name}`) ?? DEFAULTS[name];
    } catch {
      value = DEFAULTS[name];
    }
    cache.set(name, value);
  }
  return value as Preferences[K];
}

export function writePreference<K extends Name>(name: K, value: Preferences[K]) {
  cache.set(name, value);
  try {
    localStorage.setItem(`console:${name}`, value);
  } catch {
    // Kept for this page only.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function usePreference<K extends Name>(name: K): [Preferences[K], (value: Preferences[K]) => void] {
  const value = useSyncExternalStore(subscribe, () => readPreference(name));
  return [
    value,
    (next) => {
      writePreference(name, next);
    },
  ];
}
