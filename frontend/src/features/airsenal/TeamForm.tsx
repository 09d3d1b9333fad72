import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { body, client } from "@/api/client";
import { ApiError } from "@/api/errors";
import type { FoundTeam } from "@/api/types";
import { Failure } from "@/components/PageStates";
import { formatCount } from "@/lib/time";
import classes from "./airsenal.module.css";
import { useSaveSecrets } from "./useRun";
import { readTeamId } from "./words";

const NO_ID = "This is neither a number nor the address of a team's page.";

/** First whose team it is, then the saving: a wrong id would make AIrsenal invent a squad from scratch, without a word. */
export function TeamForm({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const find = useMutation({
    mutationFn: async (id: number) => body(await client.GET("/api/team/find/{team_id}", { params: { path: { team_id: id } } })),
  });
  const save = useSaveSecrets();
  const id = readTeamId(text);
  const unknown = find.error instanceof ApiError && find.error.status === 404;

  const look = (event: SubmitEvent) => {
    event.preventDefault();
    setProblem(id === null ? NO_ID : null);
    if (id !== null) find.mutate(id);
  };
  const keep = (team: number) => {
    save.mutate([{ key: "FPL_TEAM_ID", value: String(team) }], {
      onSuccess: () => {
        notifications.show({ message: `Team ${team} is set.` });
        onDone();
      },
    });
  };

  return (
    <div className={classes.formBox}>
      <form onSubmit={look} className={classes.inline} noValidate>
        <TextInput
          name="team" label="Team id" value={text} autoComplete="off" inputMode="text" spellCheck={false}
          description="The number in the address of your team's Points page on the FPL site. You can paste the whole address."
          // Above the field, so that the button stays beside it.
          inputWrapperOrder={["label", "description", "error", "input"]}
          placeholder="For example 1234567" error={problem ?? (unknown ? find.error?.message : undefined)}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setProblem(null);
            find.reset();
          }}
        />
        <Button type="submit" variant={find.data ? "default" : "filled"} color={find.data ? undefined : "ink"} loading={find.isPending}>
          Look it up
        </Button>
      </form>
      {find.data && <Found team={find.data} saving={save.isPending} onSave={keep} />}
      {find.error && !unknown && (
        <>
          <Failure error={find.error} title="The team could not be looked up" />
          {/* Without the console nothing could be saved either. */}
          {id !== null && find.error instanceof ApiError && (
            <Button variant="default" loading={save.isPending} onClick={() => { keep(id); }}>
              Save {id} unchecked
            </Button>
          )}
        </>
      )}
      {save.error && <Failure error={save.error} title="The team id is not saved" />}
    </div>
  );
}

function Found({ team, saving, onSave }: { team: FoundTeam; saving: boolean; onSave: (id: number) => void }) {
  return (
    <div className={classes.found} role="status">
      <p>
        <b>{team.name}</b>
        <span className="muted">
          Managed by {team.manager}
          {team.total_points !== null && `, ${formatCount(team.total_points)} points`}
          {team.started_gameweek !== null && `, playing since gameweek ${team.started_gameweek}`}
        </span>
      </p>
      <Button color="ink" loading={saving} onClick={() => { onSave(team.team_id); }}>
        This is my team
      </Button>
    </div>
  );
}
