import { useEffect, useRef } from "react";
import type { Attempt } from "@/api/types";
import type { LogView, Selection } from "./view";

/**
 * `#L120-L140` and `#attempt-2` in the address: shown as soon as those lines are there. Selected lines are written to the
 * address, so that it can be sent to somebody.
 */
export function useLineAddress(view: LogView, selection: Selection | null, hash: string, attempts: readonly Attempt[]) {
  const latest = useRef(attempts);
  useEffect(() => {
    latest.current = attempts;
  });
  const done = useRef<string | null>(null);
  useEffect(() => {
    const find = async (): Promise<Selection | null> => {
      const number = /^attempt-(\d+)$/.exec(hash)?.[1];
      if (number === undefined) return parseAddress(hash);
      const attempt = latest.current.find((candidate) => candidate.number === Number(number));
      const row = attempt ? await view.rowAt(attempt.first_byte) : null;
      return row === null ? null : { from: row, to: row };
    };
    let asking = false;
    const show = async () => {
      if (done.current === hash || asking) return;
      asking = true;
      const wanted = await find();
      asking = false;
      if (!wanted || view.getSnapshot().rows <= wanted.to) return;
      done.current = hash;
      if (hash.startsWith("L")) view.select(wanted);
      view.reveal(wanted.from);
    };
    if (!ADDRESS.test(hash)) return undefined;
    void show();
    return view.subscribe(() => void show());
  }, [view, hash]);

  const selected = selection === null ? "" : `L${selection.from + 1}${selection.to > selection.from ? `-L${selection.to + 1}` : ""}`;
  useEffect(() => {
    const now = location.hash.slice(1);
    // An address that was asked for and is not shown yet must not be wiped by the empty selection of the start.
    if (now === selected || (selected === "" && done.current !== now)) return;
    done.current = selected;
    history.replaceState(history.state, "", `${location.pathname}${location.search}${selected === "" ? "" : `#${selected}`}`);
  }, [selected]);
}

const ADDRESS = /^(L\d+(-L?\d+)?|attempt-\d+)$/;

export function parseAddress(hash: string): Selection | null {
  const match = /^L(\d+)(?:-L?(\d+))?$/.exec(hash);
  if (!match) return null;
  const from = Number(match[1]) - 1;
  const to = match[2] === undefined ? from : Number(match[2]) - 1;
  return from >= 0 && to >= from ? { from, to } : null;
}
