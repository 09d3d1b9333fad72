import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { createFileRoute, Link, useRouter } from "@tanstack/react-router";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError, describeError } from "@/api/errors";
import { sessionQuery, setupQuery } from "@/api/queries";
import { AuthPage } from "@/features/auth/AuthPage";
import classes from "@/features/auth/auth.module.css";
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

function Login() {
  const { to, ended } = Route.useSearch();
  const router = useRouter();
  const { queryClient } = Route.useRouteContext();
  const setup = useQuery(setupQuery);
  const form = useRef<HTMLFormElement>(null);
  const [blockedUntil, setBlockedUntil] = useState(0);
  const now = useNow(blockedUntil > 0);
  const wait = Math.max(0, Math.ceil((blockedUntil - now) / 1000));
  const { capsLock, handlers } = useCapsLock();

  const login = useMutation({
    mutationFn: async (input: { email: string; password: string }) => body(await client.POST("/api/auth/login", { body: input })),
    onSuccess: async () => {
      queryClient.clear();
      await queryClient.query(sessionQuery);
      await router.invalidate();
      // The views of the API are pages of their own, which this router does not know.
      if (to?.startsWith("/docs/")) location.replace(to);
      else router.history.replace(to ?? "/");
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 429) setBlockedUntil(Date.now() + (error.retryAfter ?? 30) * 1000);
    },
  });
  const { error } = login;

  useEffect(() => {
    if (error) form.current?.querySelector<HTMLInputElement>('[name="password"]')?.select();
  }, [error]);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    login.mutate({ email: text(data, "email").trim(), password: text(data, "password") });
  };

  return (
    <AuthPage title="Sign in" tab="Sign in">
      {ended && !error && (
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
          {wait > 0 ? `Wait ${wait} s` : "Sign in"}
        </Button>
      </form>
    </AuthPage>
  );
}

function text(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value : "";
}
