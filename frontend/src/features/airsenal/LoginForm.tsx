import { Button, PasswordInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type SubmitEvent, useRef } from "react";
import { ApiError } from "@/api/errors";
import { Failure } from "@/components/PageStates";
import classes from "./airsenal.module.css";
import { useSaveSecrets } from "./useRun";

/** Both values leave the page as they are saved; nobody can read them here again. */
export function LoginForm({ stored, onDone }: { stored: boolean; onDone: () => void }) {
  const save = useSaveSecrets();
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string) => {
      const value = data.get(name);
      return typeof value === "string" ? value : "";
    };
    // The password first: it is the one that may be refused, and then nothing is stored, as the error says.
    const secrets = [
      { key: "FPL_PASSWORD", value: text("password") },
      { key: "FPL_LOGIN", value: text("login").trim() },
    ];
    save.mutate(secrets, {
      onSuccess: () => {
        notifications.show({ message: "The FPL login is stored. Test it next." });
        form.current?.reset();
        onDone();
      },
    });
  };
  const refused = save.error instanceof ApiError && save.error.errors.length > 0 ? save.error : null;
  return (
    <form ref={form} onSubmit={submit} className={classes.formBox}>
      <ul className={classes.notes}>
        <li>With it, AIrsenal knows your selling prices and free transfers, and can make transfers when you say so.</li>
        <li>Without it, it works too, on estimates. Nothing is ever changed on the FPL site without your word.</li>
        <li>Both are stored sealed, are never shown again, and are given only to jobs that name them.</li>
      </ul>
      <div className={classes.fields}>
        <TextInput name="login" type="email" label="E-mail of your FPL account" autoComplete="off" required withAsterisk={false} spellCheck={false} autoFocus />
        <PasswordInput
          name="password" label="Its password" autoComplete="off" required withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": "Show the password while typing" }}
        />
      </div>
      {save.error && <Failure error={refused ? new Error(refused.errors.map(({ message }) => `The value ${message}.`).join(" ")) : save.error} title="The login is not stored" />}
      <div className={classes.buttons}>
        <Button type="submit" color="ink" loading={save.isPending}>
          Store the login
        </Button>
        <Button variant="default" onClick={onDone}>
          {stored ? "Cancel" : "Go on without it"}
        </Button>
      </div>
    </form>
  );
}
