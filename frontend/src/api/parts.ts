import { currentConnection, onRecovered, reportFailure } from "./connection";

/**
 * The files of a page that come when it is first opened. They cannot be had while the console is away, nor after an upgrade
 * took those of the version that is open; either way the page is loaded anew once the console answers.
 */
const MISSING = /preload CSS|dynamically imported module|importing a module script/i;
const LOADED_ANEW = "loaded-anew";
/** Where it does not help it must not go on without end. */
const ONCE_IN = 30_000;

export function isMissingPart(error: unknown): boolean {
  return error instanceof Error && MISSING.test(error.message);
}

export function watchParts(): () => void {
  const missed = (event: Event) => {
    const { payload } = event as Event & { payload: Error };
    // The router would load the page anew at once, and an absent console leaves only the browser's own error then.
    sessionStorage.setItem(`tanstack_router_reload:${payload.message}`, "1");
    reportFailure("unreachable", "The console does not answer.");
  };
  addEventListener("vite:preloadError", missed);
  return () => {
    removeEventListener("vite:preloadError", missed);
  };
}

/** What was typed is kept as a draft meanwhile. Returns what undoes it. */
export function loadAnewWhenBack(reload: () => void): (() => void) | undefined {
  const once = () => {
    if (Date.now() - Number(sessionStorage.getItem(LOADED_ANEW)) < ONCE_IN) return;
    sessionStorage.setItem(LOADED_ANEW, String(Date.now()));
    reload();
  };
  if (currentConnection().state !== "online") return onRecovered(once);
  once();
  return undefined;
}
