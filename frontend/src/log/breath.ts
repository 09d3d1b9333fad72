const channel = new MessageChannel();

/** Lets messages in between two slices of work. A timer would do, but browsers stretch nested ones to 4 ms. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.addEventListener("message", () => { resolve(); }, { once: true });
    channel.port1.start();
    channel.port2.postMessage(null);
  });
}
