/** What is looked for, as it stands in the page's address. `since` and `until` are days, the last one included. */
export interface AuditFilter {
  kind?: string | undefined;
  text?: string | undefined;
  who?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const FIELDS = ["kind", "text", "who", "since", "until"] as const;

export function readFilter(search: Record<string, unknown>): AuditFilter {
  const filter: AuditFilter = {};
  for (const field of FIELDS) {
    const value = search[field];
    const day = field === "since" || field === "until";
    if (typeof value === "string" && value !== "" && (!day || isDay(value))) filter[field] = value.slice(0, 200);
  }
  return filter;
}

function isDay(text: string): boolean {
  return DAY.test(text) && !Number.isNaN(Date.parse(text));
}

/** For the server: days of the reader's clock become moments. */
export function asQuery(filter: AuditFilter): AuditFilter {
  const { since, until, ...rest } = filter;
  return { ...rest, ...(since && { since: midnight(since, 0) }), ...(until && { until: midnight(until, 1) }) };
}

function midnight(day: string, later: number): string {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + later);
  return date.toISOString();
}

export function exportAddress(filter: AuditFilter, format: "csv" | "ndjson"): string {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(asQuery(filter))) if (typeof value === "string") query.set(name, value);
  return `/api/audit/export?${query.toString()}`;
}

export function isFiltered(filter: AuditFilter): boolean {
  return FIELDS.some((field) => filter[field] !== undefined);
}
