import { act, render, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Job } from "@/api/types";
import { readPreference, writePreference } from "@/lib/preferences";
import { useEndNotice, useNoticeSwitch } from "./useEndNotice";

/** The browser's own, which jsdom has not. */
class Shown {
  static permission: NotificationPermission = "granted";
  static requestPermission = vi.fn(() => Promise.resolve(Shown.permission));
  static readonly all: { title: string; body: string | undefined }[] = [];
  onclick: (() => void) | null = null;
  constructor(title: string, options?: NotificationOptions) {
    Shown.all.push({ title, body: options?.body });
  }
}

beforeEach(() => {
  vi.stubGlobal("Notification", Shown);
  Shown.permission = "granted";
  Shown.all.length = 0;
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
});
afterEach(() => {
  vi.unstubAllGlobals();
  writePreference("notifyEnd", "off");
});

const job = (status: Job["status"], error: string | null = null) =>
  ({ id: "1", title: "Predict points", status, error, cancel_requested_at: null, next_attempt_at: null }) as Job;

function Page({ shown }: { shown: Job }) {
  useEndNotice(shown);
  return null;
}

function see(...jobs: Job[]) {
  const [first, ...rest] = jobs;
  if (!first) return;
  const { rerender, unmount } = render(<Page shown={first} />);
  for (const next of rest) rerender(<Page shown={next} />);
  unmount();
}

it("says how a job ended, once, when that is wanted", () => {
  writePreference("notifyEnd", "on");
  see(job("running"), job("failed", "It ended with exit code 1."), job("failed", "It ended with exit code 1."));
  expect(Shown.all).toEqual([{ title: "Predict points: failed", body: "It ended with exit code 1." }]);
});

it("says nothing when it is off, when the page is looked at, or for a job that had ended before", () => {
  see(job("running"), job("completed"));
  writePreference("notifyEnd", "on");
  see(job("completed"), job("completed"));
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  see(job("running"), job("completed"));
  expect(Shown.all).toEqual([]);
});

it("asks for the permission when it is switched on, and stays off without", async () => {
  const { result } = renderHook(useNoticeSwitch);
  Shown.permission = "denied";
  await act(async () => { expect(await result.current.toggle()).toBe("refused"); });
  expect(readPreference("notifyEnd")).toBe("off");
  Shown.permission = "granted";
  await act(async () => { expect(await result.current.toggle()).toBe("on"); });
  await act(async () => { expect(await result.current.toggle()).toBe("off"); });
  expect(Shown.requestPermission).toHaveBeenCalledTimes(2);
});
