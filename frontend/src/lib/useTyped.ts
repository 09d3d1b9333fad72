import { useEffect, useRef, useState } from "react";

// Long enough that a word is typed without a request, or a table of 800 rows, for each letter.
const TYPING = 250;

/** What is being typed into a search field, told a moment after the last letter; nothing typed is undefined. */
export function useTyped(value: string, onChange: (value: string | undefined) => void) {
  const [typed, setTyped] = useState(value);
  const [before, setBefore] = useState(value);
  const [told, setTold] = useState(value);
  const latest = useRef(onChange);
  // Changed from outside ("Clear filters", Back): the field follows. Its own echo does not touch what was typed since.
  if (before !== value) {
    setBefore(value);
    if (value !== told) {
      setTold(value);
      setTyped(value);
    }
  }
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    const next = typed.trim();
    if (next === told.trim()) return undefined;
    const timer = setTimeout(() => {
      setTold(next);
      latest.current(next === "" ? undefined : next);
    }, TYPING);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, told]);
  return [typed, setTyped] as const;
}
