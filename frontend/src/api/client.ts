import createFetchClient, { type Middleware } from "openapi-fetch";
import { reportFailure, reportSuccess } from "./connection";
import { NetworkError, toApiError } from "./errors";
import type { paths } from "./schema";
import { confirmIdentity } from "./stepUp";
import type { Served } from "./types";

const TIME_LIMIT = 20_000;

type Listener = () => void;
const sessionEnded = new Set<Listener>();

/** Calls back when the server says that nobody is signed in any more. */
export function onSessionEnded(listener: Listener): () => void {
  sessionEnded.add(listener);
  return () => sessionEnded.delete(listener);
}

// These answer 401 for a wrong password or a wrong link, which is not the end of a session.
const SIGN_IN = /^\/api\/auth\/(login|setup|passkeys\/sign-in)$/;

const errors: Middleware = {
  async onResponse({ request, response }) {
    if (response.ok) {
      reportSuccess();
      return undefined;
    }
    const error = await toApiError(response);
    // With a code it is the console that speaks, of a service that it asked; without one a proxy speaks in its place.
    if ((error.status === 502 && error.code === null) || error.status === 504) reportFailure("unreachable", error.message);
    else if (error.status === 503) reportFailure("degraded", error.message);
    else reportSuccess();
    if (error.status === 401 && !SIGN_IN.test(new URL(request.url).pathname)) {
      for (const listener of sessionEnded) listener();
    }
    throw error;
  },
  onError({ error }) {
    // An abort is ours (the page was left); everything else that fetch throws means that nobody answered.
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    reportFailure("unreachable", "The console does not answer.");
    return new NetworkError(
      error instanceof DOMException && error.name === "TimeoutError" ? "The console did not answer in time." : undefined,
    );
  },
};

// What the sign-in page asks, which needs no session.
const OPEN = /^\/api\/auth\/setup$/;
let held: Promise<unknown> = Promise.resolve();

/** From now on reads wait. Called when somebody signs out: a page that still polls would only hear 401. */
export function holdReads(): () => void {
  const { promise, resolve } = Promise.withResolvers<null>();
  held = promise;
  return () => {
    resolve(null);
  };
}

async function fetchWithLimit(request: Request): Promise<Response> {
  if (request.method === "GET" && !OPEN.test(new URL(request.url).pathname)) await held;
  return fetch(new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIME_LIMIT)]) }));
}

/** Some changes ask first whether it is still the same person. Whoever sent the request only sees its final answer. */
async function fetchWithStepUp(request: Request): Promise<Response> {
  const again = request.method === "GET" ? null : request.clone();
  const response = await fetchWithLimit(request);
  if (response.status !== 403 || again === null) return response;
  const { code } = await toApiError(response);
  if (code !== "step_up_needed") return response;
  if (await confirmIdentity()) return fetchWithLimit(again);
  // The server's words tell a program what to send.
  return Response.json({ detail: "It was not confirmed that it is you.", code }, { status: 403 });
}

export const client = createFetchClient<paths>({
  baseUrl: location.origin,
  fetch: fetchWithStepUp,
  credentials: "same-origin",
});
client.use(errors);

/** The body of a good answer. Bad ones never come here: the middleware has thrown them as `ApiError` or `NetworkError`. */
export function body<T>(answer: { data?: T }): Served<T> {
  if (answer.data === undefined) throw new NetworkError("The console answered without a body.");
  return answer.data as Served<T>;
}
