import type { AuditRow } from "@/api/types";

interface Group {
  /** What the names of its events begin with. */
  kind: string;
  label: string;
  events: Readonly<Record<string, string>>;
}

export const GROUPS: readonly Group[] = [
  {
    kind: "auth",
    label: "Sign-in and sessions",
    events: {
      signed_in: "Signed in",
      sign_in_refused: "Sign-in refused",
      signed_out: "Signed out",
      session_ended: "Session ended",
      confirmed: "Confirmed it is them",
      confirmation_refused: "Confirmation refused",
      request_refused: "Request refused",
      password_changed: "Password changed",
      email_changed: "E-mail changed",
      totp_added: "Authenticator app added",
      totp_removed: "Authenticator app removed",
      recovery_codes_made: "Recovery codes made",
      recovery_code_used: "Recovery code used",
      passkey_added: "Passkey added",
      passkey_removed: "Passkey removed",
      token_made: "API token made",
      token_revoked: "API token revoked",
      token_first_used: "API token first used",
      admin_created: "Admin created",
      admin_removed: "Admin removed",
      setup_refused: "Set-up refused",
    },
  },
  { kind: "secret", label: "Secrets", events: { change: "Secret set", delete: "Secret deleted", read: "Secret read", use: "Secrets given to a job" } },
  { kind: "key", label: "Encryption key", events: { rotate: "Encryption key changed" } },
  { kind: "job", label: "Jobs", events: { start: "Job submitted", cancel: "Job cancelled", close: "Job closed by hand" } },
  { kind: "log", label: "Logs", events: { clear: "Log deleted", export: "Log downloaded" } },
  { kind: "queue", label: "Queue", events: { drain: "Queue paused", resume: "Queue resumed" } },
  { kind: "team", label: "Real team", events: { change: "Real team changed" } },
  { kind: "audit", label: "Audit log", events: { export: "Audit log exported" } },
];

const WORDS: ReadonlyMap<string, string> = new Map(GROUPS.flatMap(({ kind, events }) => Object.entries(events).map(([event, words]) => [`${kind}.${event}`, words] as const)));

/** An event that this page does not know keeps its name, as words. */
export function eventWords(kind: string): string {
  const words = WORDS.get(kind);
  if (words !== undefined) return words;
  const plain = kind.replaceAll(/[._]/g, " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** What the row adds to its event: `Signed in: passkey.` repeats the name of `auth.signed_in`. */
export function detailWords({ kind, text }: Pick<AuditRow, "kind" | "text">): string {
  const event = kind.slice(kind.indexOf(".") + 1).replaceAll("_", " ");
  if (!kind.startsWith("auth.") || !text.toLowerCase().startsWith(event)) return text;
  const rest = text.slice(event.length).replace(/^[:.] */, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
