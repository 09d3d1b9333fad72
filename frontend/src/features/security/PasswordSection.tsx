import { Button, Modal, PasswordInput, Switch, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type ReactNode, type SubmitEvent, useId, useRef, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError, errorsByField } from "@/api/errors";
import { sessionQuery, sessionsQuery } from "@/api/queries";
import { Section } from "@/components/PageHeader";
import { Failure } from "@/components/PageStates";
import { PasswordMeter } from "@/features/auth/PasswordMeter";
import { field } from "./forms";
import classes from "./security.module.css";

export function PasswordSection() {
  const email = useQuery(sessionQuery).data?.email ?? "";
  const [open, setOpen] = useState<"password" | "email" | null>(null);
  const close = () => {
    setOpen(null);
  };
  return (
    <Section title="Password">
      <div className={classes.box}>
        <Row title="Password" details="At least 8 characters; 15 or more are better.">
          <Button size="xs" variant="default" onClick={() => { setOpen("password"); }}>
            Change password
          </Button>
        </Row>
        <Row title="E-mail address" details={email}>
          <Button size="xs" variant="default" onClick={() => { setOpen("email"); }}>
            Change e-mail
          </Button>
        </Row>
      </div>
      <Modal opened={open === "password"} onClose={close} title="Change the password" closeButtonProps={{ "aria-label": "Close" }}>
        <PasswordForm email={email} onClose={close} />
      </Modal>
      <Modal opened={open === "email"} onClose={close} title="Change the e-mail address" closeButtonProps={{ "aria-label": "Close" }}>
        <EmailForm email={email} onClose={close} />
      </Modal>
    </Section>
  );
}

function Row({ title, details, children }: { title: string; details: string; children: ReactNode }) {
  return (
    <div className={classes.row}>
      <div className={classes.what}>
        <span>{title}</span>
        <span className={classes.details}>{details}</span>
      </div>
      {children}
    </div>
  );
}

function PasswordForm({ email, onClose }: { email: string; onClose: () => void }) {
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const meter = useId();
  const [password, setPassword] = useState("");
  const change = useMutation({
    mutationFn: async (input: { current_password: string; new_password: string; end_other_sessions: boolean }) =>
      body(await client.POST("/api/auth/password", { body: input })),
    onSuccess: async () => {
      notifications.show({ message: "The password is changed." });
      onClose();
      await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
    onError: (error) => {
      const name = error instanceof ApiError ? error.errors[0]?.field : undefined;
      if (name) form.current?.querySelector<HTMLInputElement>(`[name="${name}"]`)?.select();
    },
  });
  const problems = change.error instanceof ApiError ? errorsByField(change.error.errors, "") : {};
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    change.mutate({
      current_password: field(data, "current_password"),
      new_password: field(data, "new_password"),
      end_other_sessions: data.get("end_other_sessions") !== null,
    });
  };
  return (
    <form ref={form} onSubmit={submit} className={classes.form}>
      {/* For password managers, which store a password beside the name it belongs to. */}
      <input type="hidden" name="username" value={email} autoComplete="username" />
      <PasswordInput
        name="current_password"
        label="Present password"
        autoComplete="current-password"
        error={problems.current_password}
        required
        withAsterisk={false}
        data-autofocus
        visibilityToggleButtonProps={{ "aria-label": "Show the present password" }}
      />
      <PasswordInput
        name="new_password"
        label="New password"
        description="Any characters, pasting is fine; at most 72 bytes."
        autoComplete="new-password"
        value={password}
        onChange={(event) => {
          setPassword(event.currentTarget.value);
        }}
        error={problems.new_password}
        aria-describedby={meter}
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ "aria-label": "Show the new password" }}
      />
      <PasswordMeter password={password} id={meter} />
      <Switch
        name="end_other_sessions"
        size="sm"
        defaultChecked
        label="Sign out everywhere else"
        description="API tokens go on working; revoke them one by one below."
      />
      {change.error && Object.keys(problems).length === 0 && <Failure error={change.error} />}
      <Buttons onClose={onClose} pending={change.isPending} verb="Change password" />
    </form>
  );
}

function EmailForm({ email, onClose }: { email: string; onClose: () => void }) {
  const queryClient = useQueryClient();
  const router = useRouter();
  const change = useMutation({
    mutationFn: async (input: { email: string }) => body(await client.POST("/api/auth/email", { body: input })),
    onSuccess: async (_, { email: next }) => {
      notifications.show({ message: "The e-mail address is changed." });
      onClose();
      queryClient.setQueryData(sessionQuery.queryKey, (session) => session && { ...session, email: next });
      await router.invalidate();
    },
  });
  const problems = change.error instanceof ApiError ? errorsByField(change.error.errors, "") : {};
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.mutate({ email: field(new FormData(event.currentTarget), "email").trim() });
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        name="email"
        type="email"
        label="New e-mail address"
        description="The one to sign in with from then on. No mail is sent to it."
        autoComplete="username"
        defaultValue={email}
        error={problems.email}
        required
        withAsterisk={false}
        data-autofocus
      />
      {change.error && problems.email === undefined && <Failure error={change.error} />}
      <Buttons onClose={onClose} pending={change.isPending} verb="Change e-mail" />
    </form>
  );
}

function Buttons({ onClose, pending, verb }: { onClose: () => void; pending: boolean; verb: string }) {
  return (
    <div className={classes.buttons}>
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" color="ink" loading={pending}>
        {verb}
      </Button>
    </div>
  );
}
