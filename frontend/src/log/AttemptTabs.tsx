import { type KeyboardEvent, useRef } from "react";
import type { Attempt } from "@/api/types";
import { StatusIcon } from "@/components/StatusIcon";
import { attemptState, causeWords } from "@/lib/jobWords";
import { formatDuration, formatMinutes, formatWithZone } from "@/lib/time";
import classes from "./log.module.css";

interface Props {
  attempts: readonly Attempt[];
  chosen: number | null;
  /** The id of what they switch. */
  controls: string;
  onChoose: (attempt: number | null) => void;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** The attempts of a job, each a part of its one log. */
export function AttemptTabs({ attempts, chosen, controls, onChoose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const values = [null, ...attempts.map(({ number }) => number)];
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (values.indexOf(chosen) + step + values.length) % values.length;
    onChoose(values[next] ?? null);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <div ref={list} className={classes.attempts} role="tablist" aria-label="Attempts" onKeyDown={onKeyDown} tabIndex={-1}>
      {values.map((value) => {
        const attempt = attempts.find(({ number }) => number === value);
        return (
          <button
            key={value}
            type="button"
            role="tab"
            aria-selected={value === chosen}
            aria-controls={controls}
            tabIndex={value === chosen ? 0 : -1}
            onClick={() => {
              onChoose(value);
            }}
          >
            {attempt ? <AttemptName attempt={attempt} /> : "All attempts"}
          </button>
        );
      })}
    </div>
  );
}

function AttemptName({ attempt }: { attempt: Attempt }) {
  const { number, started_at, ended_at } = attempt;
  const took = ended_at ? formatDuration(Date.parse(ended_at) - Date.parse(started_at)) : null;
  return (
    <>
      <StatusIcon state={attemptState(attempt)} size={14} />
      <b>Attempt {number}</b>
      <span className="num">
        {ended_at ? (causeWords(attempt) ?? "ended") : "running"}
        {took && ` · ${took}`} · <time dateTime={started_at} title={formatWithZone(new Date(started_at))}>{formatMinutes(new Date(started_at))}</time>
      </span>
    </>
  );
}
