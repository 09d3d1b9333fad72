import { useEffect, useRef } from "react";
import type { LogView, Selection } from "./view";

/**
 * `#L120-L140` in the address: shown as soon as those lines are there. Selected lines are written to the address, so that it can
 * be sent to somebody.
 */
export function useLineAddress(view: LogView, selection: Selection | null, hash: string) {
  const done = useRef<string | null>(null);
  useEffect(() => {
    const wanted = parseAddress(hash);
    if (!wanted) return undefined;
    const show = () => {
      if (done.current === hash || view.getSnapshot().rows <= wanted.to) return;
      done.current = hash;
      view.select(wanted);
      void view.reveal(wanted.from);
    };
    show();
    return view.subscribe(show);
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

export function parseAddress(hash: string): Selection | null {
  const match = /^L(\d+)(?:-L?(\d+))?$/.exec(hash);
  if (!match) return null;
  const from = Number(match[1]) - 1;
  const to = match[2] === undefined ? from : Number(match[2]) - 1;
  return from >= 0 && to >= from ? { from, to } : null;
}
