import { Button, Modal, PasswordInput, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type SubmitEvent, useRef } from "react";
import { body, client } from "@/api/client";
import { factorsQuery } from "@/api/queries";
import { Failure } from "@/components/PageStates";
import { passkeysPossible, provePasskey, type PasskeyAnswer } from "@/features/auth/passkey";
import { field } from "./forms";
import classes from "./security.module.css";

type Proof = { password: string; otp?: string } | { passkey: PasskeyAnswer };

export default function ConfirmDialog({ onDone }: { onDone: (confirmed: boolean) => void }) {
  const factors = useQuery(factorsQuery).data;
  const form = useRef<HTMLFormElement>(null);
  const confirm = useMutation({
    mutationFn: async (proof: Proof | null) =>
      body(await client.POST("/api/auth/confirm", { body: proof ?? { passkey: await provePasskey() } })),
    onSuccess: () => {
      onDone(true);
    },
    onError: () => form.current?.querySelector<HTMLInputElement>("input")?.select(),
  });
  const cancel = () => {
    onDone(false);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const data = new FormData(event.currentTarget);
    const otp = field(data, "otp");
    confirm.mutate({ password: field(data, "password"), ...(otp === "" ? {} : { otp }) });
  };
  // Mantine closes every open dialog at Escape; this one often stands above another, and only it should go.
  const alone = {
    "data-mantine-stop-propagation": "true",
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Escape") cancel();
    },
  };
  return (
    <Modal opened onClose={cancel} title="Is it still you?" data-confirm closeButtonProps={{ "aria-label": "Close", ...alone }} zIndex={300}>
      <form ref={form} onSubmit={submit} className={classes.form}>
        <p>This change matters, and you signed in a while ago. Confirm it once; for the next ten minutes you are not asked again.</p>
        <PasswordInput
          name="password"
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
          {...alone}
        />
        {factors?.totp && (
          <TextInput
            name="otp"
            label="Code of your authenticator app"
            description="Or one of your recovery codes."
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            spellCheck={false}
            {...alone}
          />
        )}
        {confirm.error && <Failure error={confirm.error} />}
        <div className={classes.buttons}>
          {factors !== undefined && factors.passkeys > 0 && factors.passkeys_here && passkeysPossible() && (
            <Button
              variant="subtle"
              className={classes.left}
              leftSection={<IconFingerprint size={15} aria-hidden="true" />}
              onClick={() => {
                confirm.mutate(null);
              }}
              {...alone}
            >
              Use a passkey
            </Button>
          )}
          <Button variant="default" onClick={cancel} {...alone}>
            Cancel
          </Button>
          <Button type="submit" color="ink" loading={confirm.isPending} {...alone}>
            Confirm
          </Button>
        </div>
      </form>
    </Modal>
  );
}
