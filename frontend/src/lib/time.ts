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

const absolute = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
});
const withZone = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
const dateOnly = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function formatAbsolute(time: Date): string {
  return absolute.format(time);
}

export function formatWithZone(time: Date): string {
  return withZone.format(time);
}

export function formatDate(time: Date): string {
  return dateOnly.format(time);
}

/** The time alone for today, date and time for other days. */
export function formatShort(time: Date, now: Date): string {
  return time.toDateString() === now.toDateString() ? clock.format(time) : absolute.format(time);
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
