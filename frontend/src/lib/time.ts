import { readPreference } from "./preferences";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `0.4 s`, `12 s`, `3 min 05 s`, `2 h 04 min`, `3 d 4 h`: two units at most, so that it can be read at a glance. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10 && !Number.isInteger(seconds)) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`;
  const whole = Math.floor(seconds);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${two(whole % MINUTE)} s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${two(Math.floor((whole % HOUR) / MINUTE))} min`;
  return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`;
}

/** As `formatDuration`, in whole seconds: for a clock that ticks, where tenths would flicker. */
export function formatTicking(milliseconds: number): string {
  return formatDuration(Math.floor(Math.max(0, milliseconds) / 1000) * 1000);
}

/** For an estimate, so in one unit, rounded up: `about 3 min left`. */
export function formatLeft(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds <= 0) return "nearly done";
  if (seconds < MINUTE) return "less than a minute left";
  if (seconds < 2 * HOUR) return `about ${Math.ceil(seconds / MINUTE)} min left`;
  return `about ${Math.ceil(seconds / HOUR)} h left`;
}

/** Until a moment: `1 day 4 h`, `4 h 12 min`, `12 min 05 s`, `9 s`. Seconds come with the last hour only: before it they are unrest. */
export function formatUntil(milliseconds: number): string {
  const left = Math.max(0, Math.ceil(milliseconds / 1000));
  if (left < MINUTE) return `${left} s`;
  if (left < HOUR) return `${Math.floor(left / MINUTE)} min ${two(left % MINUTE)} s`;
  if (left < DAY) return `${Math.floor(left / HOUR)} h ${two(Math.floor((left % HOUR) / MINUTE))} min`;
  const days = Math.floor(left / DAY);
  return `${days} ${days === 1 ? "day" : "days"} ${Math.floor((left % DAY) / HOUR)} h`;
}

function two(value: number): string {
  return value.toString().padStart(2, "0");
}

/** `just now`, `3 min ago`, `in 2 h`; from a week on the date itself says more. */
export function formatRelative(time: Date, now: Date): string {
  const seconds = (now.getTime() - time.getTime()) / 1000;
  const size = Math.abs(seconds);
  // A few seconds of clock difference between server and browser must not read "in 2 s" for what has just happened.
  if (size < 5) return "just now";
  if (size >= 7 * DAY) return formatDate(time);
  const text =
    size < MINUTE
      ? `${Math.floor(size)} s`
      : size < HOUR
        ? `${Math.floor(size / MINUTE)} min`
        : size < DAY
          ? `${Math.floor(size / HOUR)} h`
          : `${Math.floor(size / DAY)} d`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

interface Formats {
  absolute: Intl.DateTimeFormat;
  withZone: Intl.DateTimeFormat;
  date: Intl.DateTimeFormat;
  clock: Intl.DateTimeFormat;
  minutes: Intl.DateTimeFormat;
  weekday: Intl.DateTimeFormat;
  milliseconds: Intl.DateTimeFormat;
}

// The pages are in English, so their dates are too: the browser's own language would mix two on one page.
const LOCALE = "en-GB";
const formats = new Map<string, Formats>();

function formatsOf(zone: string): Formats {
  let found = formats.get(zone);
  if (!found) {
    const timeZone = zone === "local" || !isTimeZone(zone) ? undefined : zone;
    const day = { day: "numeric", month: "short", year: "numeric", timeZone } as const;
    const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone } as const;
    found = {
      absolute: new Intl.DateTimeFormat(LOCALE, { ...day, ...time }),
      withZone: new Intl.DateTimeFormat(LOCALE, { ...day, ...time, timeZoneName: "short" }),
      date: new Intl.DateTimeFormat(LOCALE, day),
      clock: new Intl.DateTimeFormat(LOCALE, time),
      minutes: new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", timeZone }),
      weekday: new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short", timeZone }),
      milliseconds: new Intl.DateTimeFormat(LOCALE, { ...time, fractionalSecondDigits: 3 }),
    };
    formats.set(zone, found);
  }
  return found;
}

function chosen(): Formats {
  return formatsOf(readPreference("timeZone"));
}

export function isTimeZone(name: string): boolean {
  if (name === "local") return true;
  try {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The IANA name of the zone that times are shown in. */
export function shownTimeZone(): string {
  const zone = readPreference("timeZone");
  return zone !== "local" && isTimeZone(zone) ? zone : new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function formatAbsolute(time: Date): string {
  return chosen().absolute.format(time);
}

export function formatWithZone(time: Date): string {
  return chosen().withZone.format(time);
}

export function formatDate(time: Date): string {
  return chosen().date.format(time);
}

/** To the millisecond, as long for every line of a log: they stand below each other. */
export function formatLineTime(time: Date): string {
  return chosen().milliseconds.format(time);
}

export function formatMinutes(time: Date): string {
  return chosen().minutes.format(time);
}

/** `Fri, 6 Feb, 18:30 GMT`: for an appointment. */
export function formatWeekday(time: Date): string {
  return chosen().weekday.format(time);
}

/** The time alone for today, date and time for other days. */
export function formatShort(time: Date, now: Date): string {
  const { date, clock, absolute } = chosen();
  return date.format(time) === date.format(now) ? clock.format(time) : absolute.format(time);
}

/** The moment a calendar day (`2026-11-21`) begins in the zone that times are shown in. */
export function startOfDay(day: string, zone = shownTimeZone()): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // The zone's distance from UTC, asked twice: at a change of the clocks the first answer is an hour off.
  const first = midnight - offset(new Date(midnight), zone);
  return new Date(midnight - offset(new Date(first), zone));
}

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + DAY * 1000).toISOString().slice(0, 10);
}

/** Milliseconds that the zone's clock is ahead of UTC at that moment. */
function offset(time: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(time);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((found) => found.type === type)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) - Math.floor(time.getTime() / 1000) * 1000;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = "B";
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value).toString()} ${unit}`;
}

const count = new Intl.NumberFormat("en-GB");

export function formatCount(value: number): string {
  return count.format(value);
}

/** A time limit of the catalogue, in the words it is written with: `30 s`, `10 min`, `2 h`. */
export function formatLimit(seconds: number): string {
  if (seconds % HOUR === 0) return `${seconds / HOUR} h`;
  if (seconds % MINUTE === 0) return `${seconds / MINUTE} min`;
  return formatDuration(seconds * 1000);
}
