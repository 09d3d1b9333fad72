import { Modal, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import type { SubmitEvent } from "react";
import { body, client } from "@/api/client";
import { ApiError, errorsByField } from "@/api/errors";
import { sessionQuery } from "@/api/queries";
import { Failure } from "@/components/PageStates";
import { FormButtons } from "./FormButtons";
import { field } from "./forms";
import classes from "./security.module.css";

interface Props {
  email: string;
  onClose: () => void;
}

export function EmailDialog({ opened, ...props }: Props & { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={props.onClose} title="Change the e-mail address" closeButtonProps={{ "aria-label": "Close" }}>
      <EmailForm {...props} />
    </Modal>
  );
}

function EmailForm({ email, onClose }: Props) {
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
      <FormButtons onClose={onClose} pending={change.isPending} verb="Change e-mail" />
    </form>
  );
}
