export interface Quartiles {
  count: number;
  lowest: number;
  lower: number;
  median: number;
  upper: number;
  highest: number;
}

/** Between two values the way between them is taken, as spreadsheets do. */
export function quartilesOf(values: readonly number[]): Quartiles | null {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (part: number) => {
    const place = (sorted.length - 1) * part;
    const low = sorted[Math.floor(place)] ?? 0;
    const high = sorted[Math.ceil(place)] ?? low;
    return low + (high - low) * (place - Math.floor(place));
  };
  return { count: sorted.length, lowest: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75), highest: at(1) };
}
