import type { ReadRaw } from "./tail";
import type { TimesAnswer } from "./times";

/** What the worker asks the server for beside the stream. */

async function get(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  return response;
}

export function rawReader(logUrl: string): ReadRaw {
  return async (from, limit) => {
    const response = await get(`${logUrl}/raw?from=${from}&limit=${limit}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { bytes, from: Number(response.headers.get("X-Log-From")), total: Number(response.headers.get("X-Log-Total")) };
  };
}

export function timesReader(logUrl: string): (from: number, limit: number) => Promise<TimesAnswer> {
  return async (from, limit) => (await (await get(`${logUrl}/times?from=${from}&limit=${limit}`)).json()) as TimesAnswer;
}
