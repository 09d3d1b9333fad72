import type { ByteStore } from "./bytes";

/** Where an escape ends and what it asks for: the grammar of a terminal's controls, and nothing of rows. */
export interface Escape {
  /** 0: its end has not arrived. */
  size: number;
  /** The last letter of one that steers (`ESC [ 2 A`); null for one that steers nothing here. */
  control: string | null;
  parameters: string;
}

const LF = 0x0a;
const ESC = 0x1b;
/** An escape longer than this is no escape but binary noise. */
const LONGEST = 4096;

const UNFINISHED = passive(0);

function passive(size: number): Escape {
  return { size, control: null, parameters: "" };
}

export function readEscape(bytes: ByteStore, at: number): Escape {
  const kind = bytes.byteAt(at + 1);
  if (kind < 0) return at + 1 < bytes.end ? passive(1) : UNFINISHED;
  if (kind === 0x5b) return readControl(bytes, at);
  // OSC, DCS, SOS, PM, APC: text for the terminal itself, up to BEL or ST.
  if (kind === 0x5d || kind === 0x50 || kind === 0x58 || kind === 0x5e || kind === 0x5f) return readString(bytes, at);
  if (kind >= 0x20 && kind <= 0x2f) return at + 2 < bytes.end ? passive(3) : UNFINISHED;
  // ESC M goes one row up, as ESC [ A does.
  if (kind === 0x4d) return { size: 2, control: "A", parameters: "" };
  return passive(kind < 0x30 || kind > 0x7e ? 1 : 2);
}

function readString(bytes: ByteStore, at: number): Escape {
  for (let offset = at + 2; offset < bytes.end && offset - at < LONGEST; offset++) {
    const byte = bytes.byteAt(offset);
    if (byte === 0x07) return passive(offset - at + 1);
    // A newline inside means that the end was forgotten: what follows is text again.
    if (byte === LF) return passive(offset - at);
    if (byte === ESC) {
      if (offset + 1 >= bytes.end) return UNFINISHED;
      return passive(bytes.byteAt(offset + 1) === 0x5c ? offset - at + 2 : offset - at);
    }
  }
  return bytes.end - at < LONGEST ? UNFINISHED : passive(1);
}

function readControl(bytes: ByteStore, at: number): Escape {
  let parameters = "";
  for (let offset = at + 2; offset < bytes.end && offset - at < LONGEST; offset++) {
    const byte = bytes.byteAt(offset);
    if (byte >= 0x40 && byte <= 0x7e) return { size: offset - at + 1, control: String.fromCharCode(byte), parameters };
    if (byte < 0x20) return passive(offset - at);
    parameters += String.fromCharCode(byte);
  }
  return bytes.end - at < LONGEST ? UNFINISHED : passive(1);
}
