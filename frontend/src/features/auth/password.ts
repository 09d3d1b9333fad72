/** bcrypt reads no further than this, so the server refuses longer ones instead of cutting them. */
export const MOST_BYTES = 72;
export const LEAST_LENGTH = 8;
export const GOOD_LENGTH = 15;

const COMMON = ["password", "passwort", "qwerty", "letmein", "welcome", "football", "arsenal", "airsenal", "admin", "12345", "iloveyou", "monkey", "dragon"];

export interface Strength {
  /** 0 nothing typed or not allowed, 1 weak … 4 strong. */
  level: 0 | 1 | 2 | 3 | 4;
  words: string;
  /** Set when the server would refuse it. */
  problem: string | null;
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Length is what counts; repetition and well-known words are taken off it. The server decides, this only guides. */
export function passwordStrength(password: string): Strength {
  const bytes = byteLength(password);
  const length = [...password].length;
  if (length === 0) return { level: 0, words: `At least ${LEAST_LENGTH} characters; ${GOOD_LENGTH} or more are better.`, problem: null };
  if (bytes > MOST_BYTES) {
    const problem = `Too long: ${bytes} bytes, and at most ${MOST_BYTES} can be used.`;
    return { level: 0, words: problem, problem };
  }
  if (length < LEAST_LENGTH) {
    const problem = `${LEAST_LENGTH - length} more ${LEAST_LENGTH - length === 1 ? "character" : "characters"} needed.`;
    return { level: 0, words: problem, problem };
  }
  const lower = password.toLowerCase();
  const known = COMMON.filter((word) => lower.includes(word));
  const worth = Math.min(length - known.reduce((sum, word) => sum + word.length - 2, 0), new Set(lower).size * 2);
  if (worth < 8) return { level: 1, words: known.length > 0 ? "Easy to guess: it is built on a well-known word." : "Easy to guess: it repeats itself.", problem: null };
  if (worth < 12) return { level: 2, words: "Fair. A few more words make it strong.", problem: null };
  if (worth < GOOD_LENGTH + 3) return { level: 3, words: "Good.", problem: null };
  return { level: 4, words: "Strong.", problem: null };
}
