/** One bad field of a request; `field` is a path such as `parameters.weeks_ahead`. */
export interface FieldError {
  field: string;
  message: string;
}

/** An answer of the server that is not a success, in the one shape every status has. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly requestId: string | null;
  /** Seconds the server asks us to wait (429, 503), or null. */
  readonly retryAfter: number | null;
  /** Which of several meanings a status has here, such as `step_up_needed`, or null. */
  readonly code: string | null;

  constructor(status: number, detail: string, extra: Partial<Pick<ApiError, "errors" | "requestId" | "retryAfter" | "code">> = {}) {
    super(detail);
    this.name = "ApiError";
    this.status = status;
    this.errors = extra.errors ?? [];
    this.requestId = extra.requestId ?? null;
    this.retryAfter = extra.retryAfter ?? null;
    this.code = extra.code ?? null;
  }
}

/** The server was not reached at all, or did not answer in time. */
export class NetworkError extends Error {
  constructor(message = "The console does not answer.") {
    super(message);
    this.name = "NetworkError";
  }
}

const FALLBACK: Record<number, string> = {
  401: "You are signed out.",
  403: "This is not allowed.",
  404: "There is nothing here.",
  413: "That is too large.",
  429: "Too many requests.",
  502: "The console does not answer.",
  503: "The console is not ready.",
  504: "The console does not answer.",
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) =>
    isRecord(item) && typeof item.field === "string" && typeof item.message === "string"
      ? [{ field: item.field, message: item.message }]
      : [],
  );
}

/** `Retry-After` in whole seconds: a number, or an HTTP date. */
export function parseRetryAfter(header: string | null, now = Date.now()): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}

/** Reads an error answer. A proxy in front of the console may answer with HTML, so the body is not trusted to be ours. */
export async function toApiError(response: Response): Promise<ApiError> {
  let body: unknown = null;
  try {
    body = await response.clone().json();
  } catch {
    // Not JSON: the status has to do.
  }
  const record = isRecord(body) ? body : {};
  const detail = typeof record.detail === "string" && record.detail !== "" ? record.detail : null;
  return new ApiError(response.status, detail ?? FALLBACK[response.status] ?? `The console answered with status ${response.status}.`, {
    errors: fieldErrors(record.errors),
    code: typeof record.code === "string" ? record.code : null,
    requestId: typeof record.request_id === "string" ? record.request_id : response.headers.get("X-Request-ID"),
    retryAfter: parseRetryAfter(response.headers.get("Retry-After")),
  });
}

/** The words to show for anything that was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof Error && error.message !== "") return error.message;
  return "Something went wrong.";
}

/** `parameters.weeks_ahead` → `weeks_ahead` for the fields of a form; other names stay. The first message of a field wins. */
export function errorsByField(errors: readonly FieldError[], prefix = "parameters."): Record<string, string> {
  const result: Record<string, string> = {};
  for (const { field, message } of errors) {
    const name = field.startsWith(prefix) ? field.slice(prefix.length) : field;
    // Beside its field the message is a sentence of its own.
    result[name] ??= message.charAt(0).toUpperCase() + message.slice(1);
  }
  return result;
}
