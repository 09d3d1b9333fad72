import { Button, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useRef, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError, errorsByField } from "@/api/errors";
import { applyQuery } from "@/api/fplQueries";
import { JOB_KEYS, jobQuery } from "@/api/queries";
import type { ApplyPreview } from "@/api/types";
import { Failure } from "@/components/PageStates";
import classes from "./apply.module.css";

interface Props {
  preview: ApplyPreview & { team_name: string; suggestion: string };
  title: string;
}

/** Mounted anew for each suggestion: a name that was typed for one must not stand under another. */
export function ApplyForm({ preview, title }: Props) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string>();
  const input = useRef<HTMLInputElement>(null);

  const apply = useMutation({
    mutationFn: async () =>
      body(
        await client.POST("/api/airsenal/apply/{command}", {
          params: { path: { command: preview.command } },
          body: { team_name: name, suggestion: preview.suggestion },
        }),
      ),
    onSuccess: (job) => {
      queryClient.setQueryData(jobQuery(job.id).queryKey, job);
      void queryClient.invalidateQueries({ queryKey: JOB_KEYS.list });
      void navigate({ to: "/jobs/$id", params: { id: job.id } });
    },
    onError: (error) => {
      const wrong = error instanceof ApiError ? errorsByField(error.errors).team_name : undefined;
      if (wrong !== undefined) refuse(wrong);
      // It was refused, or nobody knows: what stands there now decides about a second try.
      else void queryClient.invalidateQueries({ queryKey: applyQuery(preview.command).queryKey });
    },
  });

  function refuse(why: string) {
    setProblem(why);
    input.current?.focus();
  }

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (apply.isPending) return;
    if (name.trim() !== preview.team_name.trim()) refuse(`Type “${preview.team_name}” as it is written.`);
    else apply.mutate();
  };
  const general = apply.error && problem === undefined ? apply.error : null;

  return (
    <form className={classes.form} onSubmit={submit} noValidate aria-label={title}>
      <p>
        <b>This changes your real team on the FPL site, and nothing can take it back.</b>
      </p>
      <TextInput
        ref={input}
        name="team_name"
        label={`Type your team's name, “${preview.team_name}”, to agree`}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setProblem(undefined);
        }}
        error={problem}
        autoComplete="off"
        spellCheck={false}
      />
      {general && <Failure error={general} title="It was not accepted" />}
      <div>
        <Button type="submit" color="red" loading={apply.isPending} leftSection={<IconSend size={15} aria-hidden="true" />}>
          {title}
        </Button>
      </div>
    </form>
  );
}
