import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useEffect, useRef } from "react";
import { body, client } from "@/api/client";
import { ApiError, errorsByField } from "@/api/errors";
import { Failure, Rows } from "@/components/PageStates";
import { field } from "./forms";
import { SecretText } from "./ShownOnce";
import classes from "./security.module.css";

/** A picture for the phone, and the code that proves that it was taken up. Until then nothing is on. */
export function TotpForm({ onDone, onClose }: { onDone: (codes: string[]) => void; onClose: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  const begin = useMutation({ mutationFn: async () => body(await client.POST("/api/auth/totp")) });
  const { mutate } = begin;
  const begun = useRef(false);
  useEffect(() => {
    // Strict mode runs effects twice, and the second offer would replace the one that is shown.
    if (!begun.current) mutate();
    begun.current = true;
  }, [mutate]);
  const confirm = useMutation({
    mutationFn: async (code: string) => body(await client.POST("/api/auth/totp/confirm", { body: { code } })),
    onSuccess: ({ codes }) => {
      onDone(codes);
    },
    onError: () => form.current?.querySelector<HTMLInputElement>("input")?.select(),
  });
  const problems = confirm.error instanceof ApiError ? errorsByField(confirm.error.errors, "") : {};
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    confirm.mutate(field(new FormData(event.currentTarget), "code"));
  };
  if (begin.error) return <Failure error={begin.error} retry={() => { mutate(); }} />;
  if (!begin.data) return <Rows rows={4} height={52} />;
  return (
    <form ref={form} onSubmit={submit} className={classes.form}>
      <p>Scan this with an authenticator app, or type the key into it. Then enter the six digits that it shows.</p>
      <img className={classes.qr} src={begin.data.qr} alt="QR code with the key below" width={208} height={208} />
      <SecretText text={begin.data.secret.replaceAll(/(.{4})(?=.)/g, "$1 ")} label="Key" />
      <TextInput
        name="code"
        label="Code"
        error={problems.code}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={16}
        required
        withAsterisk={false}
        data-autofocus
      />
      {confirm.error && problems.code === undefined && <Failure error={confirm.error} />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" color="ink" loading={confirm.isPending}>
          Turn on
        </Button>
      </div>
    </form>
  );
}
