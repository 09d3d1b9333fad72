import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from "react";
import classes from "./log.module.css";
import type { LogView } from "./view";

interface Props {
  view: LogView;
  id: string;
  title: string;
  wrap: boolean;
  times: boolean;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** The element that scrolls. What is in it is drawn by the view, not by React. */
export function LogBox({ view, id, title, wrap, times, onKeyDown }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current: box } = scroller;
    if (!box || !spacer.current || !layer.current) return undefined;
    // For tests: what the viewer holds can be compared with what the server stored.
    Object.assign(box, { logSha256: () => view.sha256() });
    return view.attach(box, spacer.current, layer.current);
  }, [view]);
  return (
    // The region scrolls by keyboard, so it has to take the focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      id={id}
      ref={scroller}
      className={`${classes.scroller} ${wrap ? (classes.wrap ?? "") : ""} ${times ? (classes.times ?? "") : ""}`}
      role="log"
      aria-label={`Log of ${title}`}
      aria-live="off"
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        onClick(event, view);
      }}
    >
      <div ref={spacer} className={classes.spacer}>
        <div className={classes.stick}>
          <div ref={layer} className={classes.layer} />
        </div>
      </div>
    </div>
  );
}

/** A press on a line number selects it, with Shift the lines up to it; a press on "show all" unfolds a row. */
function onClick(event: MouseEvent, view: LogView) {
  if (!(event.target instanceof HTMLElement)) return;
  const { unfold } = event.target.dataset;
  if (unfold !== undefined) view.unfold(Number(unfold));
  if (!event.target.classList.contains("no")) return;
  const row = Number(event.target.parentElement?.dataset.row);
  if (row < 0) return;
  const { selection } = view.getSnapshot();
  if (event.shiftKey && selection) view.select({ from: Math.min(selection.from, row), to: Math.max(selection.to, row) });
  else view.select(selection?.from === row && selection.to === row ? null : { from: row, to: row });
}
