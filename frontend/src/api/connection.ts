import { useSyncExternalStore } from "react";
import type { Readiness } from "./types";

/**
 * Whether the server can be reached, as the whole page sees it. Every failed call reports here; while something is wrong
 * one probe asks again with growing pauses, and on the first good answer everybody who listens reads anew.
 */
export type Connection =
  | { state: "online" }
  | { state: "offline" }
  | { state: "unreachable" | "degraded"; detail: string; retryAt: number; attempt: number };

type Listener = () => void;

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

let current: Connection = { state: "online" };
let answered = Date.now();
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<Listener>();
const recovered = new Set<Listener>();

function set(next: Connection) {
  current = next;
  for (const listener of listeners) listener();
}

function schedule(state: "unreachable" | "degraded", detail: string, attempt: number) {
  clearTimeout(timer);
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt) * (0.8 + Math.random() * 0.4);
  set({ state, detail, attempt, retryAt: Date.now() + pause });
  timer = setTimeout(() => void probe(), pause);
}

async function probe() {
  const before = current;
  if (before.state === "online") return;
  const attempt = "attempt" in before ? before.attempt + 1 : 0;
  try {
    const response = await fetch("/api/health/ready", { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    if (response.status < 500) { reportSuccess(); return; }
    if (response.status === 503) {
      // The server speaks: it is there, but something behind it is not. A paused queue or a full disk keeps no page away.
      const { checks } = (await response.json().catch(() => ({}))) as Partial<Readiness>;
      if (checks?.database?.ok) { reportSuccess(); return; }
      schedule("degraded", before.state === "degraded" ? before.detail : "The console is starting.", attempt);
      return;
    }
  } catch {
    // Falls through to the next try.
  }
  if (navigator.onLine) schedule("unreachable", "The console does not answer.", attempt);
  else set({ state: "offline" });
}

export function reportSuccess() {
  clearTimeout(timer);
  answered = Date.now();
  if (current.state === "online") return;
  set({ state: "online" });
  for (const listener of recovered) listener();
}

export function reportFailure(state: "unreachable" | "degraded", detail: string) {
  if (!navigator.onLine) { set({ state: "offline" }); return; }
  if (current.state === "online" || current.state === "offline") schedule(state, detail, 0);
}

export function retryNow() {
  clearTimeout(timer);
  void probe();
}

/** Calls back each time the server is there again after it was away. */
export function onRecovered(listener: Listener): () => void {
  recovered.add(listener);
  return () => recovered.delete(listener);
}

export function watchConnection(): () => void {
  const offline = () => set({ state: "offline" });
  const online = () => retryNow();
  const visible = () => {
    if (document.visibilityState === "visible" && current.state !== "online") retryNow();
  };
  addEventListener("offline", offline);
  addEventListener("online", online);
  document.addEventListener("visibilitychange", visible);
  return () => {
    removeEventListener("offline", offline);
    removeEventListener("online", online);
    document.removeEventListener("visibilitychange", visible);
  };
}

function subscribe(listener: Listener) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function currentConnection(): Connection {
  return current;
}

/** When the server was last heard: nothing on the page is younger. */
export function lastAnswer(): Date {
  return new Date(answered);
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, currentConnection);
}
