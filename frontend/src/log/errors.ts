/**
 * Lines by which programs say that something went wrong: Python's tracebacks and exceptions, the level words of loggers, and the
 * `error:` of compilers and shell tools. Words such as "0 errors" or "error_rate" are none.
 */
const ERROR = /\bTraceback \(most recent call last\)|\b\w*(?:Error|Exception)(?=:|\s*$)|\b(?:ERROR|FATAL|CRITICAL)\b|\b(?:error|fatal|panic):/;

export function looksLikeError(line: string): boolean {
  return ERROR.test(line);
}

const MOST = 4;

/** The lines to read first when a job failed: the last one that names an error and what follows it, else the very last. */
export function lastWords(lines: readonly string[]): string[] {
  const filled = lines.filter((line) => line.trim() !== "");
  const at = filled.findLastIndex(looksLikeError);
  return at < 0 ? filled.slice(-MOST) : filled.slice(at, at + MOST);
}
