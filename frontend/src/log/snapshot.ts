import type { Selection } from "./painter";
import type { SearchState, StreamState } from "./protocol";

/** What the frame around the log shows of it. */
export interface Snapshot {
  /** Rows of the whole log. */
  rows: number;
  bytes: number;
  /** How much of it is there, 0 to 1, while only its end is shown; else null. */
  loading: number | null;
  stream: StreamState;
  following: boolean;
  /** Rows that came since following was left. */
  newRows: number;
  search: (SearchState & { index: number | null }) | null;
  selection: Selection | null;
}

/** The one of now, and who wants to know of the next: what React's `useSyncExternalStore` asks for. */
export class SnapshotStore {
  now: Snapshot = {
    rows: 0,
    bytes: 0,
    loading: null,
    stream: { state: "connecting" },
    following: true,
    newRows: 0,
    search: null,
    selection: null,
  };

  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  change(change: Partial<Snapshot>) {
    this.now = { ...this.now, ...change };
    for (const listener of this.listeners) listener();
  }
}

export function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The place among the matches is the page's own; an equal state is kept, so that nobody draws for nothing. */
export function keepSearch(before: Snapshot["search"], now: SearchState | null): Snapshot["search"] {
  if (!now) return null;
  const next = { ...now, index: before?.index ?? null };
  return before && same(before, next) ? before : next;
}
