import type { Answers, FromWorker, Question, ToWorker } from "./protocol";

/** The page's end of the log worker. */
export class LogClient {
  private readonly worker: Worker;
  private asked = 0;
  private readonly answers = new Map<number, (value: never) => void>();

  constructor(receive: (message: Exclude<FromWorker, { type: "reply" }>) => void) {
    this.worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type !== "reply") {
        receive(data);
        return;
      }
      this.answers.get(data.id)?.(data.value as never);
      this.answers.delete(data.id);
    };
  }

  send(message: ToWorker) {
    this.worker.postMessage(message);
  }

  ask<K extends keyof Answers>(question: Extract<Question, { what: K }>): Promise<Answers[K]> {
    const id = ++this.asked;
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.send({ type: "ask", id, question });
    });
  }

  destroy() {
    this.worker.terminate();
  }
}
