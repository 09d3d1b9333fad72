import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { createFileRoute, Link, redirect, useRouter } from "@tanstack/react-router";
import { type SubmitEvent, useId, useRef, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError, describeError, errorsByField } from "@/api/errors";
import { sessionQuery, setupQuery } from "@/api/queries";
import { AuthPage } from "@/features/auth/AuthPage";
import classes from "@/features/auth/auth.module.css";
import { PasswordMeter } from "@/features/auth/PasswordMeter";
import { passwordStrength } from "@/features/auth/password";
import { keepSetupToken, setupToken } from "@/features/auth/setupToken";
import { useCapsLock } from "@/features/auth/useCapsLock";

export const Route = createFileRoute("/setup")({
  beforeLoad: ({ location }) => {
    // The token comes behind the `#`, which no server and no log ever sees; it leaves the address bar at once.
    const token = new URLSearchParams(location.hash).get("token");
    if (token === null) return;
    keepSetupToken(token);
    throw redirect({ to: "/setup", hash: "", replace: true });
  },
  component: Setup,
});

function Setup() {
  const router = useRouter();
  const { queryClient } = Route.useRouteContext();
  const state = useQuery(setupQuery);
  const form = useRef<HTMLFormElement>(null);
  const linkToken = setupToken();
  const [token, setToken] = useState(linkToken);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problems, setProblems] = useState<Record<string, string>>({});
  const meter = useId();
  const { capsLock, handlers } = useCapsLock();

  const setup = useMutation({
    mutationFn: async (input: { setup_token: string; email: string; password: string }) => body(await client.POST("/api/auth/setup", { body: input })),
    onSuccess: async () => {
      queryClient.clear();
      await queryClient.query(sessionQuery);
      await router.invalidate();
      await router.navigate({ to: "/", replace: true });
    },
    onError: (error) => {
      if (error instanceof ApiError) show(errorsByField(error.errors));
    },
  });

  /** What was said about a field is about its old text. */
  function forget(name: string) {
    setProblems(({ [name]: _gone, ...rest }) => rest);
  }

  function show(next: Record<string, string>) {
    setProblems(next);
    const first = ["setup_token", "email", "password"].find((name) => next[name] !== undefined);
    if (first) form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
  }

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const next: Record<string, string> = {};
    if (token.trim() === "") next.setup_token = "The token is in the line the console printed when it started.";
    if (!/^\S+@\S+$/.test(email.trim())) next.email = "This is not an e-mail address.";
    const { problem, words } = passwordStrength(password);
    if (problem !== null || password === "") next.password = problem ?? words;
    show(next);
    if (Object.keys(next).length === 0) setup.mutate({ setup_token: token.trim(), email: email.trim(), password });
  };

  if (state.data && !state.data.setup_needed && !setup.isSuccess) {
    return (
      <AuthPage title="The admin exists already" tab="First run">
        <p className="muted">This link has done its work.</p>
        <Link to="/login" className="link">
          Sign in
        </Link>
      </AuthPage>
    );
  }
  const { error } = setup;
  return (
    <AuthPage title="Create the admin" tab="First run">
      <p className="muted">One person runs this console. Choose how you will sign in.</p>
      <form ref={form} onSubmit={submit} className={classes.form} noValidate>
        {linkToken === "" && (
          <TextInput
            name="setup_token"
            label="Set-up token"
            description="The part after #token= in the link that the console printed."
            value={token}
            onChange={(event) => {
              setToken(event.currentTarget.value);
              forget("setup_token");
            }}
            error={problems.setup_token}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <TextInput
          name="email"
          type="email"
          label="E-mail"
          autoComplete="username"
          value={email}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
            forget("email");
          }}
          error={problems.email}
          autoFocus
        />
        <PasswordInput
          name="password"
          label="Password"
          description={`${capsLock ? "Caps lock is on. " : ""}Any characters, pasting is fine; at most 72 bytes.`}
          autoComplete="new-password"
          value={password}
          onChange={(event) => {
            setPassword(event.currentTarget.value);
            forget("password");
          }}
          error={problems.password}
          aria-describedby={meter}
          visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
          {...handlers}
        />
        <PasswordMeter password={password} id={meter} />
        {error !== null && (!(error instanceof ApiError) || error.errors.length === 0) && (
          <p className={classes.error} role="alert">
            {describeError(error)}
          </p>
        )}
        <Button type="submit" color="ink" fullWidth loading={setup.isPending}>
          Create the admin and sign in
        </Button>
      </form>
    </AuthPage>
  );
}
