/** The browser's side of passkeys: JSON in, JSON out (WebAuthn level 3). */
import { body, client } from "@/api/client";

export interface PasskeyAnswer {
  challenge: string;
  credential: Record<string, unknown>;
}

/** Whether this browser can, at this address: passkeys need a secure origin with a name, and 127.0.0.1 is none. */
export function passkeysPossible(): boolean {
  return (
    window.isSecureContext &&
    !/^[\d.]+$|:/.test(location.hostname) &&
    typeof PublicKeyCredential === "function" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function"
  );
}

/** Lets the person choose a passkey and proves it to the server's challenge. */
export async function provePasskey(): Promise<PasskeyAnswer> {
  const { challenge, options } = body(await client.POST("/api/auth/passkeys/challenge"));
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  return { challenge, credential: toJson(await ask(() => navigator.credentials.get({ publicKey }))) };
}

export async function makePasskey(): Promise<PasskeyAnswer> {
  const { challenge, options } = body(await client.POST("/api/auth/passkeys/registration"));
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  return { challenge, credential: toJson(await ask(() => navigator.credentials.create({ publicKey }))) };
}

async function ask(question: () => Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await question();
  } catch (error) {
    throw new Error(inWords(error), { cause: error });
  }
}

function inWords(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "InvalidStateError") return "This device has a passkey for this console already.";
  // The browser says the same for a refusal, a time-out and "there is none": it must not tell pages which.
  if (name === "NotAllowedError") return "No passkey was used. It was cancelled, took too long, or there is none here.";
  if (name === "SecurityError") return "The browser does not allow passkeys at this address.";
  return "The browser could not use a passkey.";
}

function toJson(credential: Credential | null): Record<string, unknown> {
  if (!(credential instanceof PublicKeyCredential)) throw new Error("No passkey was used.");
  return { ...credential.toJSON() };
}
