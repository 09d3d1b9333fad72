import { Button, Modal, PasswordInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useRef, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError, describeError, errorsByField } from "@/api/errors";
import { commandsQuery, secretsQuery } from "@/api/queries";
import { Failure } from "@/components/PageStates";
import classes from "./secrets.module.css";

/** Sets or replaces one secret. `name` null asks for a new name. The value leaves the page as soon as it was sent. */
export function SecretDialog({ name, replaces, onClose }: { name: string | null; replaces: boolean; onClose: () => void }) {
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [key, setKey] = useState(name ?? "");
  const [value, setValue] = useState("");
  const save = useMutation({
    mutationFn: async (input: { key: string; value: string }) => body(await client.POST("/api/secrets", { body: input })),
    onSuccess: async () => {
      notifications.show({ message: `${key} is ${replaces ? "replaced" : "set"}.` });
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: secretsQuery.queryKey }),
        queryClient.invalidateQueries({ queryKey: commandsQuery.queryKey }),
      ]);
      onClose();
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return;
      const first = error.errors[0]?.field === "key" ? "key" : "value";
      form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
    },
  });
  const { error } = save;
  const fields = error instanceof ApiError ? errorsByField(error.errors, "") : {};
  const inField = fields.key !== undefined || fields.value !== undefined;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    save.mutate({ key: key.trim(), value });
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={name === null ? "New secret" : `${replaces ? "Replace" : "Set"} ${name}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form ref={form} onSubmit={submit} className={classes.form}>
        {name === null && (
          <TextInput
            name="key"
            label="Name"
            description="The name of the environment variable that jobs will see."
            value={key}
            onChange={(event) => {
              setKey(event.currentTarget.value);
            }}
            error={fields.key}
            required
            withAsterisk={false}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
        )}
        <PasswordInput
          name="value"
          label="Value"
          description={replaces ? "The old value is replaced and cannot be brought back." : "It is never shown again; paste it as it is."}
          value={value}
          onChange={(event) => {
            setValue(event.currentTarget.value);
          }}
          error={fields.value}
          required
          withAsterisk={false}
          autoComplete="off"
          visibilityToggleButtonProps={{ "aria-label": "Show the value while typing" }}
          data-autofocus={name === null ? undefined : true}
        />
        {error !== null && !inField && <Failure error={error instanceof Error ? error : new Error(describeError(error))} />}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="ink" loading={save.isPending}>
            {replaces ? "Replace" : "Save"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
