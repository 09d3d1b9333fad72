import { describe, expect, it, vi } from "vitest";
import { formatArgv, quoteArgument } from "./argv";
import { dropDraft, loadDraft, saveDraft } from "./drafts";
import { rank, score } from "./fuzzy";
import { addHotkey, type Hotkey, keyCaps, listHotkeys } from "./hotkeys";
import { causeWords, jobState } from "./jobWords";
import { writePreference } from "./preferences";

describe("argv", () => {
  it.each([
    ["--weeks_ahead=3", "--weeks_ahead=3"],
    ["", "''"],
    ["two words", "'two words'"],
    ["it's", String.raw`'it'\''s'`],
    ["$(rm -rf /)", "'$(rm -rf /)'"],
    ["ä", "'ä'"],
  ])("quotes %j as a shell would need it", (argument, quoted) => {
    expect(quoteArgument(argument)).toBe(quoted);
  });

  it("joins with blanks", () => {
    expect(formatArgv(["/bin/echo", "a b"])).toBe("/bin/echo 'a b'");
  });
});

describe("drafts", () => {
  it("come back, and go", () => {
    saveDraft("command:predict", { weeks: "3", on: true });
    expect(loadDraft("command:predict")).toEqual({ weeks: "3", on: true });
    dropDraft("command:predict");
    expect(loadDraft("command:predict")).toBeNull();
  });

  it.each(["[1]", "7", "{broken"])("ignore a stored %s", (text) => {
    sessionStorage.setItem("draft:x", text);
    expect(loadDraft("x")).toBeNull();
  });
});

describe("fuzzy", () => {
  it("prefers the start, then a word's start, then the middle, then letters in order", () => {
    const points = ["optimise", "run optimise", "preoptimise", "o-p-t"].map((text) => score(text, "opt"));
    expect(points).toEqual([...points].toSorted((a, b) => b - a));
    expect(points.every((value) => value > 0)).toBe(true);
  });

  it("leaves out what does not fit and keeps the order of equals", () => {
    expect(rank(["beta", "alpha", "alpine"], "al", (text) => [text, ""])).toEqual(["alpha", "alpine"]);
    expect(rank(["b", "a"], "", (text) => [text, ""])).toEqual(["b", "a"]);
    expect(rank(["settings"], "dashboard", (text) => [text, "theme account"])).toEqual([]);
  });
});

describe("hotkeys", () => {
  function press(key: string, options: KeyboardEventInit = {}, target: EventTarget = document.body) {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }));
  }

  function install(keys: string, options: Partial<Hotkey> = {}) {
    const run = vi.fn();
    return { run, remove: addHotkey({ keys, label: keys, group: "test", run, ...options }) };
  }

  it("runs single keys, combinations and sequences", () => {
    const hotkeys = [install("j"), install("mod+k"), install("g d"), install("shift+n"), install("?")];
    press("j");
    press("k", { ctrlKey: true });
    press("g");
    press("d");
    press("N", { shiftKey: true });
    press("?", { shiftKey: true });
    for (const { run, remove } of hotkeys) {
      expect(run).toHaveBeenCalledOnce();
      remove();
    }
  });

  it("leaves fields alone, except for combinations that ask for them", () => {
    const input = document.createElement("input");
    document.body.append(input);
    const single = install("j");
    const combination = install("mod+k", { inFields: true });
    press("j", {}, input);
    press("k", { ctrlKey: true }, input);
    expect(single.run).not.toHaveBeenCalled();
    expect(combination.run).toHaveBeenCalledOnce();
    single.remove();
    combination.remove();
    input.remove();
  });

  it("lets single keys be switched off", () => {
    const single = install("j");
    writePreference("singleKeys", "off");
    press("j");
    expect(single.run).not.toHaveBeenCalled();
    writePreference("singleKeys", "on");
    press("j");
    expect(single.run).toHaveBeenCalledOnce();
    single.remove();
  });

  it("has the page's own meaning of a key over the shell's, pressed and in the help", () => {
    // A page that is loaded afresh adds its keys before the shell around it does.
    const [page, shell] = [install("/", { label: "Search the jobs" }), install("/", { label: "Go anywhere", everywhere: true })];
    expect(listHotkeys().map(({ label }) => label)).toEqual(["Search the jobs"]);
    press("/");
    expect(shell.run).not.toHaveBeenCalled();
    expect(page.run).toHaveBeenCalledOnce();
    page.remove();
    expect(listHotkeys().map(({ label }) => label)).toEqual(["Go anywhere"]);
    shell.remove();
  });

  it("prints keys as they are labelled", () => {
    expect(keyCaps("mod+k")).toEqual(["Ctrl", "K"]);
    expect(keyCaps("g d")).toEqual(["G", "D"]);
    expect(keyCaps("mod+Enter")).toEqual(["Ctrl", "↵"]);
  });
});

describe("words for jobs", () => {
  it("tells waiting from waiting to retry, and running from being stopped", () => {
    const at = "2026-11-21T10:00:00Z";
    expect(jobState({ status: "pending", cancel_requested_at: null, next_attempt_at: null })).toBe("waiting");
    expect(jobState({ status: "pending", cancel_requested_at: null, next_attempt_at: at })).toBe("retrying");
    expect(jobState({ status: "running", cancel_requested_at: at, next_attempt_at: null })).toBe("cancelling");
    expect(jobState({ status: "failed", cancel_requested_at: at, next_attempt_at: null })).toBe("failed");
  });

  it("names causes", () => {
    expect(causeWords({ cause: "exit_code", exit_code: 2, signal: null })).toBe("Exit code 2");
    expect(causeWords({ cause: "signal", exit_code: null, signal: 9 })).toBe("Ended by SIGKILL");
    expect(causeWords({ cause: "signal", exit_code: null, signal: 63 })).toBe("Ended by signal 63");
    expect(causeWords({ cause: null, exit_code: null, signal: null })).toBeNull();
  });
});
