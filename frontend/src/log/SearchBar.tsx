import { TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconLetterCase, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import { formatCount } from "@/lib/time";
import classes from "./log.module.css";
import { Tool } from "./Tool";
import { useView } from "./useView";
import type { LogView, Snapshot } from "./view";

export function SearchBar({ view, onClose }: { view: LogView; onClose: () => void }) {
  const [text, setText] = useState("");
  const [caseSensitive, setCaseSensitive] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      view.search(text === "" ? null : { text, caseSensitive });
    }, 120);
    return () => {
      clearTimeout(timer);
    };
  }, [view, text, caseSensitive]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter") void view.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  return (
    <div className={classes.search} role="search">
      <TextInput
        data-log-search
        className={classes.searchInput}
        size="xs"
        aria-label="Search the log"
        placeholder="Search the log"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        spellCheck={false}
        autoComplete="off"
      />
      <span className={`${classes.found} num`} role="status">
        <Found view={view} text={text} />
      </span>
      <span className={classes.grow} />
      <Tool
        label="Match upper and lower case"
        pressed={caseSensitive}
        onClick={() => { setCaseSensitive(!caseSensitive); }}
        icon={<IconLetterCase size={16} stroke={1.7} />}
      />
      <Tool label="Match before (Shift+N)" onClick={() => void view.step(-1)} icon={<IconArrowUp size={16} stroke={1.7} />} />
      <Tool label="Next match (N)" onClick={() => void view.step(1)} icon={<IconArrowDown size={16} stroke={1.7} />} />
      <Tool label="Close the search (Esc)" onClick={onClose} icon={<IconX size={16} stroke={1.7} />} />
    </div>
  );
}

function Found({ view, text }: { view: LogView; text: string }) {
  return foundWords(text, useView(view, (snapshot) => snapshot.search));
}

function foundWords(text: string, state: Snapshot["search"]): string {
  if (text === "" || !state) return "";
  const more = state.done ? "" : "…";
  if (state.count === 0) return state.done ? "No match" : "Searching…";
  const lines = `${formatCount(state.count)}${more} ${state.count === 1 ? "line" : "lines"}`;
  return state.index === null ? lines : `${formatCount(state.index + 1)} of ${lines}`;
}
