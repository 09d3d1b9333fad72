let token = "";

/** Keeps the token of a first-run link while its page is open; it is in no address, storage or log. */
export function keepSetupToken(value: string) {
  token = value;
}

export function setupToken(): string {
  return token;
}
