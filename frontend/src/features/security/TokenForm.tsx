import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { body, client } from "@/api/client";
import { ApiError, errorsByField } from "@/api/errors";
import { tokensQuery } from "@/api/queries";
import type { ApiToken } from "@/api/types";
import { Failure } from "@/components/PageStates";
import { field } from "./forms";
import { SecretText } from "./ShownOnce";
import classes from "./security.module.css";

const NEVER = "never";

export function TokenForm({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: async (input: { name: string; scope: ApiToken["scope"]; days: number | null }) =>
      body(await client.POST("/api/auth/tokens", { body: input })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  const problems = make.error instanceof ApiError ? errorsByField(make.error.errors, "") : {};
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const days = field(data, "days");
    make.mutate({
      name: field(data, "name").trim(),
      scope: field(data, "scope") as ApiToken["scope"],
      days: days === NEVER ? null : Number(days),
    });
  };
  if (make.data) {
    return (
      <div className={classes.form}>
        <p>
          Copy “{make.data.name}” to where it is needed. <b>It is shown only now.</b>
        </p>
        <SecretText text={make.data.token} label="Token" />
        <div className={classes.buttons}>
          <Button color="ink" onClick={onClose}>
            I have kept it
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        name="name"
        label="Name"
        description="What uses it, such as “backup script”."
        error={problems.name}
        maxLength={60}
        autoComplete="off"
        required
        withAsterisk={false}
        data-autofocus
      />
      <NativeSelect
        name="scope"
        label="Scope"
        data={[
          { value: "read", label: "Read: jobs, logs, reports" },
          { value: "run", label: "Run: also submit and cancel jobs" },
          { value: "admin", label: "Admin: everything but signing in and secrets" },
        ]}
      />
      <NativeSelect
        name="days"
        label="Expires"
        defaultValue="90"
        data={[
          { value: "7", label: "In 7 days" },
          { value: "30", label: "In 30 days" },
          { value: "90", label: "In 90 days" },
          { value: "365", label: "In a year" },
          { value: NEVER, label: "Never" },
        ]}
      />
      {make.error && problems.name === undefined && <Failure error={make.error} />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" color="ink" loading={make.isPending}>
          Make token
        </Button>
      </div>
    </form>
  );
}
