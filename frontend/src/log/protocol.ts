/** What the page and the log worker tell each other. */
import type { Style } from "./ansi";
import type { Lens } from "./lens";
import type { Query } from "./search";

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
  /** Zero-based; negative while its number is not known, because the log before it is still on its way. */
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
  /** When it was written, in milliseconds; null while not asked for or not known. */
  time: number | null;
}

export interface SearchState {
  count: number;
  done: boolean;
}

export interface Update {
  type: "update";
  /** Rows of the log, seen or not. */
  rows: number;
  /** Rows that can be scrolled through: all, those of an attempt, those that match. */
  count: number;
  bytes: number;
  /** How much of the log is there, 0 to 1, while only its end is shown; else null. */
  loading: number | null;
  /** What is shown has moved by so many rows: the log's end found its place in the whole. */
  shift: number;
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
  | { type: "open"; socketUrl: string; logUrl: string; memory: number }
  | { type: "attempts"; attempts: AttemptStart[] }
  | { type: "view"; first: number; count: number; follow: boolean }
  | { type: "lens"; lens: Lens }
  | { type: "times"; on: boolean }
  | { type: "unfold"; row: number }
  | { type: "search"; query: Query | null }
  /** Tries to connect at once: the network is back, or the page is looked at again. */
  | { type: "wake" }
  | { type: "ask"; id: number; question: Question };

export type Question =
  | { what: "text"; from: number; to: number }
  /** The last rows as text. */
  | { what: "tail"; rows: number }
  | { what: "step"; row: number; direction: 1 | -1 }
  | { what: "rowAt"; byte: number }
  /** Where a row stands among those that can be scrolled through. */
  | { what: "place"; row: number }
  | { what: "firstError" }
  | { what: "sha256" };

export interface Answers {
  text: string;
  tail: string;
  step: { row: number; index: number; count: number } | null;
  /** Null while the byte has not come. */
  rowAt: number | null;
  place: number;
  firstError: number | null;
  sha256: string;
}
