/** How well `query` fits `text`, higher is better, 0 for not at all: whole prefix, start of a word, part of a word, letters in order. */
export function score(text: string, query: string): number {
  const where = text.toLowerCase();
  const what = query.toLowerCase().trim();
  if (what === "") return 1;
  const at = where.indexOf(what);
  if (at === 0) return 100;
  if (at > 0) return /[a-z0-9]/.test(where[at - 1] ?? "") ? 50 : 80;
  let position = -1;
  let gaps = 0;
  for (const letter of what.replaceAll(" ", "")) {
    const next = where.indexOf(letter, position + 1);
    if (next < 0) return 0;
    if (position >= 0) gaps += next - position - 1;
    position = next;
  }
  // Letters strewn over half a sentence are chance, not a match.
  return gaps <= what.length * 2 ? Math.max(1, 30 - gaps) : 0;
}

/** The items that fit, best first; equal ones keep their order. The first text of an item counts more than the rest. */
export function rank<T>(items: readonly T[], query: string, texts: (item: T) => readonly [string, string]): T[] {
  if (query.trim() === "") return [...items];
  return items
    .map((item) => {
      const [first, rest] = texts(item);
      return { item, points: Math.max(score(first, query), score(rest, query) >= 50 ? score(rest, query) / 2 : 0) };
    })
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points)
    .map(({ item }) => item);
}
