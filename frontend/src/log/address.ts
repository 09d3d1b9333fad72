/** What of the log is shown, as the address says it: `?attempt=2&find=error&only=true`. */
export interface LogAddress {
  attempt?: number | undefined;
  find?: string | undefined;
  /** Only the lines that match. */
  only?: boolean | undefined;
}

const LONGEST = 200;

export function readLogAddress({ attempt, find, only }: Record<string, unknown>): LogAddress {
  return {
    attempt: typeof attempt === "number" && Number.isInteger(attempt) && attempt > 0 ? attempt : undefined,
    // A number or a word such as `true` comes parsed.
    find: ["string", "number", "boolean"].includes(typeof find) && find !== "" ? String(find).slice(0, LONGEST) : undefined,
    only: only === true ? true : undefined,
  };
}
