import { useSyncExternalStore } from "react";

/** Whether the stream of changes (`events.ts`) is there. */
let live = false;
const listeners = new Set<() => void>();

/** For the intervals of polling, which are asked for anew after every answer. */
export function eventsLive(): boolean {
  return live;
}

export function useEventsLive(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => live,
  );
}

export function setEventsLive(next: boolean) {
  if (live === next) return;
  live = next;
  for (const listener of listeners) listener();
}
