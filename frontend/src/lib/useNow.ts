import { useSyncExternalStore } from "react";

/**
 * One clock for the whole page. A hundred rows that each ran a timer of their own would wake the browser a hundred times a
 * second; here all that show a time wake together, and the clock stops when nobody looks.
 */
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const still = () => () => undefined;

/** Milliseconds since the epoch, new every second. With `active` false the component is not woken. */
export function useNow(active = true): number {
  return useSyncExternalStore(active ? subscribe : still, () => {
    // Between ticks the value must stay the same object for React; a stopped clock is set right on subscribe.
    return now;
  });
}
