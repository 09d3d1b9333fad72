import { Button, PasswordInput, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { createFileRoute, Link, useRouter } from "@tanstack/react-router";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError, describeError } from "@/api/errors";
import { sessionQuery, setupQuery } from "@/api/queries";
import { AuthPage } from "@/features/auth/AuthPage";
import classes from "@/features/auth/auth.module.css";
import { passkeysPossible, provePasskey } from "@/features/auth/passkey";
import { useCapsLock } from "@/features/auth/useCapsLock";
import { useNow } from "@/lib/useNow";

interface Search {
  /** The page that was asked for. */
  to?: string | undefined;
  /** The session ended while somebody worked. */
  ended?: boolean | undefined;
}

/** Only an address of our own: `//host` and `/\host` would lead away. */
function ownPath(value: unknown): string | undefined {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : undefined;
}

export const Route = createFileRoute("/login")({
  validateSearch: (search: Record<string, unknown>): Search => ({
    to: ownPath(search.to),
    ended: search.ended === true || undefined,
  }),
  component: Login,
});

interface Credentials {
  email: string;
  password: string;
}

/** What a sign-in is tried with; `null` asks the browser for a passkey. */
type Attempt = (Credentials & { otp?: string }) | null;

function Login() {
  const { to, ended } = Route.useSearch();
  const router = useRouter();
  const { queryClient } = Route.useRouteContext();
  const setup = useQuery(setupQuery);
  const form = useRef<HTMLFormElement>(null);
  // Set once the password was right and a code is asked for.
  const [second, setSecond] = useState<Credentials | null>(null);
  const [blockedUntil, setBlockedUntil] = useState(0);
  const now = useNow(blockedUntil > 0);
  const wait = Math.max(0, Math.ceil((blockedUntil - now) / 1000));

  const login = useMutation({
    mutationFn: async (attempt: Attempt) =>
      attempt === null
        ? body(await client.POST("/api/auth/passkeys/sign-in", { body: await provePasskey() }))
        : body(await client.POST("/api/auth/login", { body: attempt })),
    onSuccess: async () => {
      queryClient.clear();
      await queryClient.query(sessionQuery);
      await router.invalidate();
      // The views of the API are pages of their own, which this router does not know.
      if (to?.startsWith("/docs/")) location.replace(to);
      else router.history.replace(to ?? "/");
    },
    onError: (error, attempt) => {
      if (!(error instanceof ApiError)) return;
      if (error.status === 429) setBlockedUntil(Date.now() + (error.retryAfter ?? 30) * 1000);
      if (error.code === "second_factor_needed" && attempt) setSecond({ email: attempt.email, password: attempt.password });
    },
  });
  const error = login.error instanceof ApiError && login.error.code === "second_factor_needed" ? null : login.error;

  useEffect(() => {
    if (error) form.current?.querySelector<HTMLInputElement>('[name="password"], [name="otp"]')?.select();
  }, [error]);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    if (second) login.mutate({ ...second, otp: text(data, "otp").trim() });
    else login.mutate({ email: text(data, "email").trim(), password: text(data, "password") });
  };

  return (
    <AuthPage title={second ? "One more step" : "Sign in"} tab="Sign in">
      {ended && !error && !second && (
        <p className={classes.notice} role="status">
          Your session has ended. Sign in to go on where you were; what you typed is kept.
        </p>
      )}
      {setup.data?.setup_needed && (
        <p className={classes.notice}>
          This console has no admin yet. Open the link it printed when it started, or{" "}
          <Link to="/setup" className="link">
            enter its token here
          </Link>
          .
        </p>
      )}
      <form ref={form} onSubmit={submit} className={classes.form}>
        {second ? <SecondStep /> : <FirstStep />}
        {error !== null && (
          <p className={classes.error} role="alert">
            {error instanceof ApiError && error.status === 429
              ? wait > 0
                ? `Too many tries. Wait ${wait} s.`
                : "You can try again now."
              : describeError(error)}
          </p>
        )}
        <Button type="submit" color="ink" fullWidth loading={login.isPending} disabled={wait > 0}>
          {wait > 0 ? `Wait ${wait} s` : second ? "Continue" : "Sign in"}
        </Button>
        {passkeysPossible() && (
          <Button
            variant="default"
            fullWidth
            disabled={login.isPending || wait > 0}
            leftSection={<IconFingerprint size={15} aria-hidden="true" />}
            onClick={() => {
              login.mutate(null);
            }}
          >
            Use a passkey
          </Button>
        )}
        {second && (
          <Button
            variant="subtle"
            color="gray"
            fullWidth
            onClick={() => {
              setSecond(null);
              login.reset();
            }}
          >
            Back
          </Button>
        )}
      </form>
    </AuthPage>
  );
}

function FirstStep() {
  const { capsLock, handlers } = useCapsLock();
  return (
    <>
      <TextInput name="email" type="email" label="E-mail" autoComplete="username" required withAsterisk={false} data-autofocus autoFocus />
      <PasswordInput
        name="password"
        label="Password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        description={capsLock ? <span className={classes.caps}>Caps lock is on</span> : undefined}
        inputWrapperOrder={["label", "input", "description", "error"]}
        visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
        {...handlers}
      />
    </>
  );
}

function SecondStep() {
  const [recovery, setRecovery] = useState(false);
  return (
    <>
      {/* A field of its own for each: a keyboard of digits is of no use for a recovery code. */}
      <TextInput
        key={recovery ? "recovery" : "code"}
        name="otp"
        label={recovery ? "Recovery code" : "Code of your authenticator app"}
        description={recovery ? "Each one works once." : undefined}
        autoComplete={recovery ? "off" : "one-time-code"}
        inputMode={recovery ? "text" : "numeric"}
        maxLength={64}
        spellCheck={false}
        required
        withAsterisk={false}
        autoFocus
      />
      <button
        type="button"
        className={`link ${classes.other}`}
        onClick={() => {
          setRecovery(!recovery);
        }}
      >
        {recovery ? "Use the authenticator app" : "Use a recovery code"}
      </button>
    </>
  );
}

function text(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value : "";
}
