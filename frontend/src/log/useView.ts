import { useSyncExternalStore } from "react";
import type { LogView, Snapshot } from "./view";

/** One value of the view. Twenty updates a second reach only the parts that show what changed. */
export function useView<T extends string | number | boolean | object | null>(view: LogView, select: (snapshot: Snapshot) => T): T {
  return useSyncExternalStore(view.subscribe, () => select(view.getSnapshot()));
}
