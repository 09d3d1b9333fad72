/** For an Idempotency-Key. `randomUUID` is missing on plain http; the key only has to be different each time. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
