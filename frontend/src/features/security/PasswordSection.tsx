import { Button, Modal, PasswordInput, Switch } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useId, useRef, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError, errorsByField } from "@/api/errors";
import { sessionQuery, sessionsQuery } from "@/api/queries";
import { Section } from "@/components/PageHeader";
import { Failure } from "@/components/PageStates";
import { PasswordMeter } from "@/features/auth/PasswordMeter";
import { FormButtons } from "./FormButtons";
import { field } from "./forms";
import classes from "./security.module.css";

export function PasswordSection() {
  const email = useQuery(sessionQuery).data?.email ?? "";
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <Section title="Password">
      <div className={classes.box}>
        <div className={classes.row}>
          <span className={classes.details}>At least 8 characters; 15 or more are better.</span>
          <Button size="xs" variant="default" onClick={() => { setOpen(true); }}>
            Change password
          </Button>
        </div>
      </div>
      <Modal opened={open} onClose={close} title="Change the password" closeButtonProps={{ "aria-label": "Close" }}>
        <PasswordForm email={email} onClose={close} />
      </Modal>
    </Section>
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
      <FormButtons onClose={onClose} pending={change.isPending} verb="Change password" />
    </form>
  );
}
