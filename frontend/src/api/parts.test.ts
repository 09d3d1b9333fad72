import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { currentConnection, reportSuccess } from "./connection";
import { isMissingPart, loadAnewWhenBack, watchParts } from "./parts";

beforeEach(() => {
  vi.useFakeTimers();
  reportSuccess();
});
afterEach(() => {
  reportSuccess();
  vi.useRealTimers();
});

const ERROR = new TypeError("Failed to fetch dynamically imported module: http://x/assets/audit.js");

it("waits for the console before a page whose files are missing is loaded anew, and keeps the router from it", () => {
  const stop = watchParts();
  const reload = vi.fn();
  dispatchEvent(Object.assign(new Event("vite:preloadError"), { payload: ERROR }));
  expect(currentConnection().state).toBe("unreachable");
  expect(sessionStorage.getItem(`tanstack_router_reload:${ERROR.message}`)).toBe("1");
  loadAnewWhenBack(reload);
  expect(reload).not.toHaveBeenCalled();
  reportSuccess();
  expect(reload).toHaveBeenCalledOnce();
  stop();
});

it("loads the page anew at once when the console is there, and not without end", () => {
  const reload = vi.fn();
  loadAnewWhenBack(reload);
  loadAnewWhenBack(reload);
  expect(reload).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(31_000);
  loadAnewWhenBack(reload);
  expect(reload).toHaveBeenCalledTimes(2);
});

it("knows what each browser says of a missing file", () => {
  const said = ["Unable to preload CSS for http://x/a.css", ERROR.message, "error loading dynamically imported module: x", "Importing a module script failed."];
  expect(said.every((message) => isMissingPart(new Error(message)))).toBe(true);
  expect(isMissingPart(new Error("x is undefined"))).toBe(false);
});
