/** After a read that failed. */
const PAUSE = 2_000;

/** Reads blocks again that were given up to keep memory within its limit; each once, however many ask for it. */
export class Refetch {
  private readonly running = new Map<number, Promise<void>>();

  /** `restore` brings one back; `done` is told when one is there, or was tried in vain. */
  constructor(
    private readonly restore: (start: number, length: number) => Promise<void>,
    private readonly done: () => void,
  ) {}

  read = ({ start, end }: { start: number; end: number }): Promise<void> => {
    let running = this.running.get(start);
    if (!running) {
      running = this.attempt(start, end - start).finally(() => {
        this.running.delete(start);
        this.done();
      });
      this.running.set(start, running);
    }
    return running;
  };

  private async attempt(start: number, length: number) {
    try {
      await this.restore(start, length);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
