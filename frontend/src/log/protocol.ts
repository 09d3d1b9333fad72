/** What the page and the log worker tell each other. */
import type { Query } from "./search";
import type { Style } from "./ansi";

export type StreamState =
  | { state: "connecting" }
  | { state: "live" }
  | { state: "reconnecting"; retryAt: number }
  | { state: "offline" }
  | { state: "ended" }
  /** The server does not want us: signed out, or there is no such job. */
  | { state: "refused" };

export interface Piece {
  text: string;
  style: Style | null;
  mark: boolean;
}

export interface ShownRow {
  /** Zero-based. */
  row: number;
  /** Changes when the row has to be drawn anew. */
  key: string;
  pieces: Piece[];
  /** Bytes of a very long row that are not shown; 0 when all is. */
  folded: number;
  /** Set on the row where an attempt starts. */
  attempt: number | null;
  gap: boolean;
  stderr: boolean;
}

export interface SearchState {
  count: number;
  done: boolean;
}

export interface Update {
  type: "update";
  rows: number;
  bytes: number;
  stream: StreamState;
  search: SearchState | null;
  first: number;
  shown: ShownRow[];
}

export interface AttemptStart {
  number: number;
  firstByte: number;
}

export type FromWorker =
  | Update
  /** Fields of the job that changed, as the server sent them. */
  | { type: "status"; fields: Record<string, unknown> }
  | { type: "reply"; id: number; value: unknown };

export type ToWorker =
  | { type: "open"; socketUrl: string; rawUrl: string; memory: number }
  | { type: "attempts"; attempts: AttemptStart[] }
  | { type: "view"; first: number; count: number; follow: boolean }
  | { type: "unfold"; row: number }
  | { type: "search"; query: Query | null }
  /** Tries to connect at once: the network is back, or the page is looked at again. */
  | { type: "wake" }
  | { type: "ask"; id: number; question: Question };

export type Question =
  | { what: "text"; from: number; to: number }
  | { what: "step"; row: number; direction: 1 | -1 }
  | { what: "rowAt"; byte: number }
  | { what: "sha256" };

export interface Answers {
  text: string;
  step: { row: number; index: number; count: number } | null;
  /** Null while the byte has not come. */
  rowAt: number | null;
  sha256: string;
}
