import { Link } from "@tanstack/react-router";
import type { DayOfJobs } from "@/api/types";
import { formatCount } from "@/lib/time";
import classes from "./strip.module.css";

const PARTS = [
  { name: "failed", word: "failed" },
  { name: "cancelled", word: "cancelled" },
  { name: "open", word: "open" },
  { name: "completed", word: "completed" },
] as const;

/** How the jobs of the last days ended, a column a day; each leads to that day's jobs. */
export function OutcomeStrip({ days }: { days: readonly DayOfJobs[] }) {
  const most = Math.max(1, ...days.map(total));
  return (
    <figure className={classes.figure}>
      <ol className={classes.strip} aria-label="Jobs by the day they were submitted">
        {days.map((day) => (
          <li key={day.day}>
            <Link to="/jobs" search={{ day: day.day }} className={classes.day} title={words(day)} aria-label={words(day)}>
              <span className={classes.column}>
                {PARTS.filter(({ name }) => day[name] > 0).map(({ name }) => (
                  <span key={name} className={classes[name]} ref={(bar) => {
                    // As a property: the content policy refuses style attributes in HTML, and this one is measured.
                    if (bar) bar.style.height = `${Math.max(6, (day[name] / most) * 100)}%`;
                  }} />
                ))}
              </span>
              <span className={classes.label}>{Number(day.day.slice(-2))}</span>
            </Link>
          </li>
        ))}
      </ol>
      <figcaption className={classes.legend}>
        {PARTS.toReversed().map(({ name, word }) => (
          <span key={name}>
            <i className={classes[name]} aria-hidden="true" /> {formatCount(sum(days, name))} {word}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function total(day: DayOfJobs): number {
  return PARTS.reduce((all, { name }) => all + day[name], 0);
}

function sum(days: readonly DayOfJobs[], name: (typeof PARTS)[number]["name"]): number {
  return days.reduce((all, day) => all + day[name], 0);
}

const dayName = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

/** `Fri, 20 Nov: 12 completed, 1 failed`. */
function words(day: DayOfJobs): string {
  const counts = PARTS.toReversed().filter(({ name }) => day[name] > 0).map(({ name, word }) => `${formatCount(day[name])} ${word}`);
  return `${dayName.format(new Date(`${day.day}T12:00:00Z`))}: ${counts.length === 0 ? "no jobs" : counts.join(", ")}`;
}
