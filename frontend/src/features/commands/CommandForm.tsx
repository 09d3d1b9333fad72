import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconEyeCheck, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useEffect, useMemo, useRef, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError, describeError, errorsByField } from "@/api/errors";
import { JOB_KEYS, jobQuery } from "@/api/queries";
import type { ApplyCommand, Command, ParameterValues } from "@/api/types";
import { Notice } from "@/components/Notice";
import { Failure } from "@/components/PageStates";
import { dropDraft, loadDraft, saveDraft } from "@/lib/drafts";
import { MAC, useHotkeys } from "@/lib/hotkeys";
import { newKey } from "@/lib/key";
import { ParameterField } from "./fields";
import classes from "./form.module.css";
import { Preview } from "./Preview";
import { checkValues, defaultValues, draftOf, type FieldValue, type FormValues, toParameters, toPreviewParameters, valuesFrom, withDraft } from "./values";

interface Props {
  command: Command;
  /** The parameters of an earlier run to start from, and the draft's name that goes with it. */
  from: { id: string; parameters: Record<string, unknown> } | null;
}

interface Submit {
  parameters: ParameterValues;
  confirm: string | undefined;
  key: string;
}

/** The form of one command; what changes the real team is started on the page that shows what would be sent. */
export function CommandForm(props: Props) {
  return props.command.guard === null ? <PlainForm {...props} /> : <Guarded command={props.command} />;
}

function Guarded({ command }: { command: Command }) {
  return (
    <Notice tone="bad">
      <div className={classes.danger}>
        <p>
          <b>This changes your real team, and nothing can take it back.</b> What would be sent is shown and checked first.
        </p>
        <div>
          <Button
            variant="default"
            leftSection={<IconEyeCheck size={15} aria-hidden="true" />}
            renderRoot={(props) => <Link to="/airsenal/apply/$command" params={{ command: command.id as ApplyCommand }} {...props} />}
          >
            Review what would be sent
          </Button>
        </div>
      </div>
    </Notice>
  );
}

/** Fields by type, the exact arguments, and the run button. */
function PlainForm({ command, from }: Props) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const draftName = from ? `command:${command.id}:${from.id}` : `command:${command.id}`;
  const initial = useMemo(
    () => (from ? valuesFrom(command, from.parameters) : defaultValues(command)),
    [command, from],
  );
  const [values, setValues] = useState<FormValues>(() => withDraft(command, initial, loadDraft(draftName)));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [confirm, setConfirm] = useState("");
  const form = useRef<HTMLFormElement>(null);
  // One key for one set of values: pressing twice, or again after a lost answer, still makes one job.
  const key = useRef<{ body: string; key: string }>({ body: "", key: "" });

  const changed = JSON.stringify(draftOf(command, values)) !== JSON.stringify(draftOf(command, initial));
  useEffect(() => {
    if (changed) saveDraft(draftName, draftOf(command, values));
    else dropDraft(draftName);
  }, [changed, values, command, draftName]);

  const submit = useMutation({
    mutationFn: async ({ parameters, confirm, key }: Submit) =>
      body(
        await client.POST("/api/jobs", {
          body: { command: command.id, parameters, ...(confirm === undefined ? {} : { confirm }) },
          headers: { "Idempotency-Key": key },
        }),
      ),
    onSuccess: (job) => {
      key.current = { body: "", key: "" };
      dropDraft(draftName);
      queryClient.setQueryData(jobQuery(job.id).queryKey, job);
      void queryClient.invalidateQueries({ queryKey: JOB_KEYS.list });
      void navigate({ to: "/jobs/$id", params: { id: job.id } });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.errors.length > 0) showProblems(errorsByField(error.errors));
    },
  });

  const known = (name: string) => name === "confirm" || command.parameters.some((parameter) => parameter.name === name);
  const strays = Object.entries(problems).filter(([name]) => !known(name));

  function showProblems(next: Record<string, string>) {
    setProblems(next);
    const first = [...command.parameters.map(({ name }) => name), "confirm"].find((name) => next[name] !== undefined);
    // The message is drawn first, so that the field's description is there when it gets the focus.
    if (first) {
      requestAnimationFrame(() => {
        form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(first)}"]`)?.focus();
      });
    }
  }

  function change(name: string, value: FieldValue) {
    setValues((before) => ({ ...before, [name]: value }));
    setProblems(({ [name]: _gone, ...rest }) => rest);
  }

  function run() {
    if (submit.isPending || !command.available) return;
    const found = checkValues(command, values);
    if (command.touches === "irreversible" && confirm !== command.title) found.confirm = `Type “${command.title}” as it is written.`;
    showProblems(found);
    if (Object.keys(found).length > 0) return;
    const parameters = toParameters(command, values);
    const text = JSON.stringify(parameters);
    if (key.current.body !== text) key.current = { body: text, key: newKey() };
    submit.mutate({ parameters, confirm: command.touches === "irreversible" ? confirm : undefined, key: key.current.key });
  }

  useHotkeys([{ keys: "mod+Enter", label: `Run: ${command.title}`, group: "This page", inFields: true, run }]);

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    run();
  };
  const fields = command.parameters.filter(({ type }) => type !== "bool");
  const switches = command.parameters.filter(({ type }) => type === "bool");
  const draw = (parameter: Command["parameters"][number]) => (
    <ParameterField
      key={parameter.name}
      parameter={parameter}
      value={values[parameter.name] ?? ""}
      error={problems[parameter.name]}
      onChange={(value) => {
        change(parameter.name, value);
      }}
    />
  );
  const general = submit.error && !(submit.error instanceof ApiError && submit.error.errors.length > 0) ? submit.error : null;

  return (
    <form ref={form} onSubmit={onSubmit} className={classes.form} noValidate aria-label={`Run: ${command.title}`}>
      {changed && (
        <p className={classes.notice}>
          <span>Changed, not run yet.</span>
          <button
            type="button"
            className={classes.textButton}
            onClick={() => {
              setValues(initial);
              setProblems({});
              notifications.clean();
            }}
          >
            {from ? "Back to that run" : "Back to the defaults"}
          </button>
        </p>
      )}
      {fields.length > 0 && <div className={classes.grid}>{fields.map(draw)}</div>}
      {switches.length > 0 && <div className={classes.switches}>{switches.map(draw)}</div>}
      {command.parameters.length === 0 && <p className="muted">Nothing to fill in.</p>}
      <Preview command={command} parameters={toPreviewParameters(command, values)} />
      {command.touches === "irreversible" && (
        <Notice tone="bad">
          <div className={classes.danger}>
            <p>
              <b>This changes your real team, and nothing can take it back.</b>
            </p>
            <TextInput
              name="confirm"
              label={`Type “${command.title}” to go on`}
              value={confirm}
              onChange={(event) => {
                setConfirm(event.currentTarget.value);
                setProblems(({ confirm: _gone, ...rest }) => rest);
              }}
              error={problems.confirm}
              autoComplete="off"
              spellCheck={false}
            />
          </div>
        </Notice>
      )}
      {general && <Failure error={general} title="The job was not accepted" />}
      {strays.length > 0 && <Failure error={new Error(strays.map(([name, message]) => `${name}: ${message}`).join(" · "))} />}
      {submit.error && !general && <p role="alert" className="muted">{describeError(submit.error)}</p>}
      <div className={classes.actions}>
        <Button
          type="submit"
          color={command.touches === "irreversible" ? "red" : "ink"}
          leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
          loading={submit.isPending}
          disabled={!command.available}
        >
          {command.touches === "irreversible" ? command.title : "Run"}
        </Button>
        <span className="muted" aria-hidden="true">
          <kbd>{MAC ? "⌘" : "Ctrl"}</kbd> <kbd>↵</kbd>
        </span>
      </div>
    </form>
  );
}
