/** Asking "is it still you?" in the middle of a request. The dialog registers itself here; requests wait for its answer. */
type Ask = () => Promise<boolean>;

let ask: Ask | null = null;
let asking: Promise<boolean> | null = null;

export function provideConfirmation(next: Ask): () => void {
  ask = next;
  return () => {
    if (ask === next) ask = null;
  };
}

/** True when the person proved it. Several requests at once ask once. */
export function confirmIdentity(): Promise<boolean> {
  if (ask === null) return Promise.resolve(false);
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}
