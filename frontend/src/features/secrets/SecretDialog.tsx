import { Button, Modal, PasswordInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useRef, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError, errorsByField } from "@/api/errors";
import { commandsQuery, secretsQuery } from "@/api/queries";
import { Failure } from "@/components/PageStates";
import classes from "./secrets.module.css";

interface Props {
  /** Null asks for a new name. */
  name: string | null;
  replaces: boolean;
  onClose: () => void;
}

/** Stays mounted while closed: only then does the focus go back to the button it came from. */
export function SecretDialog({ name, replaces, onClose, opened }: Props & { opened: boolean }) {
  const [deleting, setDeleting] = useState(false);
  if (!opened && deleting) setDeleting(false);
  const verb = deleting ? "Delete" : replaces ? "Replace" : "Set";
  return (
    <Modal opened={opened} onClose={onClose} title={name === null ? "New secret" : `${verb} ${name}`} closeButtonProps={{ "aria-label": "Close" }}>
      {deleting && name !== null ? (
        <DeleteForm name={name} onClose={onClose} />
      ) : (
        <ValueForm
          name={name}
          replaces={replaces}
          onClose={onClose}
          onDelete={() => {
            setDeleting(true);
          }}
        />
      )}
    </Modal>
  );
}

/** After a change the list is old, and so is what the catalogue says about missing secrets. */
function useRefresh() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: secretsQuery.queryKey }),
      queryClient.invalidateQueries({ queryKey: commandsQuery.queryKey }),
    ]);
}

/** Sets or replaces the value, which leaves the page as soon as it was sent. */
function ValueForm({ name, replaces, onClose, onDelete }: Props & { onDelete: () => void }) {
  const refresh = useRefresh();
  const form = useRef<HTMLFormElement>(null);
  const [key, setKey] = useState(name ?? "");
  const [value, setValue] = useState("");
  const save = useMutation({
    mutationFn: async (input: { key: string; value: string }) => body(await client.POST("/api/secrets", { body: input })),
    onSuccess: async () => {
      notifications.show({ message: `${key} is ${replaces ? "replaced" : "set"}.` });
      await refresh();
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
        error={fields.value ?? (name === null ? undefined : fields.key)}
        required
        withAsterisk={false}
        autoComplete="off"
        visibilityToggleButtonProps={{ "aria-label": "Show the value while typing" }}
        data-autofocus={name === null ? undefined : true}
      />
      {error !== null && !inField && <Failure error={error} />}
      <div className={classes.buttons}>
        {name !== null && replaces && (
          <Button variant="subtle" color="red" className={classes.left} onClick={onDelete}>
            Delete…
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" color="ink" loading={save.isPending}>
          {replaces ? "Replace" : "Save"}
        </Button>
      </div>
    </form>
  );
}

function DeleteForm({ name, onClose }: { name: string; onClose: () => void }) {
  const refresh = useRefresh();
  const [typed, setTyped] = useState("");
  const remove = useMutation({
    mutationFn: async () => body(await client.DELETE("/api/secrets/{key}", { params: { path: { key: name } } })),
    onSuccess: async () => {
      notifications.show({ message: `${name} is deleted.` });
      await refresh();
      onClose();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typed === name) remove.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <p>The value cannot be brought back. Jobs that need it are refused until it is set again.</p>
      <TextInput
        label={`Type ${name} to delete it`}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
        autoComplete="off"
        spellCheck={false}
      />
      {remove.error && <Failure error={remove.error} />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose} autoFocus>
          Cancel
        </Button>
        <Button type="submit" color="red" loading={remove.isPending} disabled={typed !== name}>
          Delete secret
        </Button>
      </div>
    </form>
  );
}
