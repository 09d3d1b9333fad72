/** What was typed into a form, kept over a reload and over the end of a session. Secret values are never handed in here. */
const PREFIX = "draft:";

export function saveDraft(name: string, values: Record<string, unknown>) {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(values));
  } catch {
    // Storage is full or blocked: the form works without drafts.
  }
}

export function loadDraft(name: string): Record<string, unknown> | null {
  try {
    const text = sessionStorage.getItem(PREFIX + name);
    const value: unknown = text === null ? null : JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function dropDraft(name: string) {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // As above.
  }
}
