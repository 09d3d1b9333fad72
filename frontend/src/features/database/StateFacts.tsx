import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { DatabaseState } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { Notice } from "@/components/Notice";
import { formatBytes, formatCount } from "@/lib/time";
import classes from "./database.module.css";
import { runs, seasonWords } from "./words";

/** The kept database at a glance. */
export function StateFacts({ state, copies }: { state: DatabaseState; copies: number }) {
  return (
    <>
      {state.integrity === "damaged" && (
        <Notice tone="bad" icon={IconAlertTriangle} spaced>
          <b>The database is damaged.</b>{" "}
          {state.integrity_detail}{" "}
          {copies > 0
            ? "Jobs are refused until a copy below is restored."
            : "There is no copy to restore: build the database again, with “Start clean”."}
        </Notice>
      )}
      {state.player_scores_missing && (
        <Notice icon={IconAlertTriangle} spaced>
          <b>Player scores are missing.</b>{" "}
          Gameweeks of this season are played, and the database has no score of a player: a known fault of AIrsenal 1.16 and 1.17.
          Predictions are far too low until it is built anew, with “Start clean”.
        </Notice>
      )}
      {state.season_is_current === false && (
        <Notice icon={IconAlertTriangle} spaced>
          <b>A new season has begun.</b>{" "}
          The newest season in it is {seasonWords(state.season)}. Update the database before you predict.
        </Notice>
      )}
      <dl className={classes.facts}>
        <Fact name="Integrity">
          <Integrity state={state} />
        </Fact>
        <Fact name="Season">{state.season === null ? "none yet" : seasonWords(state.season)}</Fact>
        <Fact name="Next gameweek">{state.next_gameweek ?? "not known"}</Fact>
        <Fact name="Predictions">{state.predictions === null ? "not known" : runs(state.predictions)}</Fact>
        <Fact name="Players">{state.players === null ? "not known" : formatCount(state.players)}</Fact>
        <Fact name="Size">{state.bytes === null ? "not known" : formatBytes(state.bytes)}</Fact>
        <Fact name="Last update">{state.updated_at ? <TimeAgo time={state.updated_at} /> : "not known"}</Fact>
        <Fact name="Last change">{state.changed_at ? <TimeAgo time={state.changed_at} /> : "not known"}</Fact>
        <Fact name="Last check">{state.checked_at ? <TimeAgo time={state.checked_at} /> : "never"}</Fact>
        <Fact name="Kept as" wide>
          <code>{state.path}</code>
        </Fact>
      </dl>
    </>
  );
}

function Fact({ name, children, wide = false }: { name: string; children: ReactNode; wide?: boolean }) {
  return (
    <div data-wide={wide}>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}

function Integrity({ state }: { state: DatabaseState }) {
  if (state.integrity === "ok") {
    return <span className={classes.mark} data-tone="ok"><IconCircleCheck size={15} aria-hidden="true" /> Whole</span>;
  }
  if (state.integrity === "damaged") {
    return <span className={classes.mark} data-tone="bad"><IconAlertTriangle size={15} aria-hidden="true" /> Damaged</span>;
  }
  return <span className={classes.mark}><IconHelpCircle size={15} aria-hidden="true" /> Not checked</span>;
}
