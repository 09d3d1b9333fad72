import { Button, Modal, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { body, client } from "@/api/client";
import { factorsQuery, passkeysQuery, sessionsQuery } from "@/api/queries";
import type { Passkey } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { Section } from "@/components/PageHeader";
import { Empty, Failure, Rows } from "@/components/PageStates";
import { makePasskey, passkeysPossible } from "@/features/auth/passkey";
import { deviceWords } from "./device";
import { field } from "./forms";
import { Question } from "./TwoStepSection";
import classes from "./security.module.css";

export function PasskeySection() {
  const passkeys = useQuery(passkeysQuery);
  const factors = useQuery(factorsQuery).data;
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const here = factors?.passkeys_here === true && passkeysPossible();
  return (
    <Section
      title="Passkeys"
      aside={
        here && (
          <Button size="xs" variant="default" onClick={() => { setAdding(true); }}>
            Add a passkey
          </Button>
        )
      }
    >
      <p className={classes.note}>
        Sign in with the fingerprint, face or PIN of a device instead of the password and its code. Nothing that could be guessed or
        stolen leaves the device.
      </p>
      {factors && !here && (
        <p className={classes.note}>
          {factors.passkeys_reason ?? "This browser cannot use passkeys at this address."}
        </p>
      )}
      {passkeys.error && !passkeys.data && <Failure error={passkeys.error} retry={() => void passkeys.refetch()} />}
      {passkeys.isPending && <Rows rows={1} height={52} />}
      {passkeys.data?.length === 0 && here && <Empty title="No passkeys yet">Add one on each device that you use often.</Empty>}
      {passkeys.data && passkeys.data.length > 0 && (
        <ul className={`${classes.list} ${classes.box}`}>
          {passkeys.data.map((passkey) => (
            <li key={passkey.id} className={classes.row}>
              <div className={classes.what}>
                <span>{passkey.name}</span>
                <span className={classes.details}>
                  For {passkey.host}, added <TimeAgo time={passkey.created_at} />,{" "}
                  {passkey.last_used_at ? <>last used <TimeAgo time={passkey.last_used_at} /></> : "never used"}.
                </span>
              </div>
              <Button size="xs" variant="subtle" color="red" aria-label={`Remove ${passkey.name}`} onClick={() => { setRemoving(passkey); }}>
                Remove…
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Modal opened={adding} onClose={() => { setAdding(false); }} title="Add a passkey" closeButtonProps={{ "aria-label": "Close" }}>
        <AddForm onClose={() => { setAdding(false); }} />
      </Modal>
      <Modal opened={removing !== null} onClose={() => { setRemoving(null); }} title="Remove a passkey" closeButtonProps={{ "aria-label": "Close" }}>
        {removing && <Remove passkey={removing} onClose={() => { setRemoving(null); }} />}
      </Modal>
    </Section>
  );
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([passkeysQuery, factorsQuery, sessionsQuery].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })));
}

function AddForm({ onClose }: { onClose: () => void }) {
  const refresh = useRefresh();
  const add = useMutation({
    mutationFn: async (name: string) => body(await client.POST("/api/auth/passkeys", { body: { name, ...(await makePasskey()) } })),
    onSuccess: async ({ name }) => {
      notifications.show({ message: `${name} can sign in now.` });
      onClose();
      await refresh();
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    add.mutate(field(new FormData(event.currentTarget), "name").trim());
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        name="name"
        label="Name"
        description="To tell it from others, such as the device it is on. Other sessions end when it is added."
        defaultValue={deviceWords(navigator.userAgent)}
        maxLength={60}
        autoComplete="off"
        required
        withAsterisk={false}
        data-autofocus
      />
      {add.error && <Failure error={add.error} />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" color="ink" loading={add.isPending}>
          Go on
        </Button>
      </div>
    </form>
  );
}

function Remove({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const refresh = useRefresh();
  const remove = useMutation({
    mutationFn: async () => body(await client.DELETE("/api/auth/passkeys/{passkey_id}", { params: { path: { passkey_id: passkey.id } } })),
    onSuccess: async () => {
      notifications.show({ message: `${passkey.name} is removed.` });
      onClose();
      await refresh();
    },
  });
  return (
    <Question
      text={`${passkey.name} will not sign anybody in any more. Delete it on the device too. Other sessions end.`}
      verb="Remove passkey" danger error={remove.error} pending={remove.isPending} onClose={onClose}
      onYes={() => { remove.mutate(); }}
    />
  );
}
