import { TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconFilter, IconLetterCase, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { usePreference } from "@/lib/preferences";
import { formatCount } from "@/lib/time";
import classes from "./log.module.css";
import { Tool } from "./Tool";
import { useView } from "./useView";
import type { LogView, Snapshot } from "./view";

interface Props {
  view: LogView;
  find: string;
  only: boolean;
  onFind: (text: string) => void;
  onOnly: () => void;
  /** To the log, with the search left open. */
  onLeave: () => void;
  onClose: () => void;
}

const TYPING = 120;

export function SearchBar({ view, find, only, onFind, onOnly, onLeave, onClose }: Props) {
  const [text, setText] = useState(find);
  const [caseChoice, setCaseChoice] = usePreference("logCase");
  const caseSensitive = caseChoice === "on";
  const told = useRef(onFind);
  useEffect(() => {
    told.current = onFind;
  });
  useEffect(() => {
    const timer = setTimeout(() => {
      view.search(text === "" ? null : { text, caseSensitive });
      told.current(text);
    }, TYPING);
    return () => {
      clearTimeout(timer);
    };
  }, [view, text, caseSensitive]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") (text === "" ? onClose : onLeave)();
    else if (event.key === "Enter") {
      // Pressed before the pause after typing was over: the search begins now.
      if (text !== "") view.search({ text, caseSensitive });
      void view.step(event.shiftKey ? -1 : 1);
    } else return;
    event.preventDefault();
  };
  return (
    <div className={classes.search} role="search" aria-label="Log">
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
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
      />
      <span className={`${classes.found} num`} role="status">
        <Found view={view} text={text} />
      </span>
      <div className={classes.tools}>
        <Tool
          label="Match upper and lower case"
          pressed={caseSensitive}
          onClick={() => { setCaseChoice(caseSensitive ? "off" : "on"); }}
          icon={<IconLetterCase size={16} stroke={1.7} />}
        />
        <Tool label="Only the lines that match (M)" pressed={only} onClick={onOnly} icon={<IconFilter size={16} stroke={1.7} />} />
        <Tool label="Match before (Shift+N)" onClick={() => void view.step(-1)} icon={<IconArrowUp size={16} stroke={1.7} />} />
        <Tool label="Next match (N)" onClick={() => void view.step(1)} icon={<IconArrowDown size={16} stroke={1.7} />} />
        <Tool label="Close the search (Esc)" onClick={onClose} icon={<IconX size={16} stroke={1.7} />} />
      </div>
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
