import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { ApplyPreview } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { Notice } from "@/components/Notice";
import { Section } from "@/components/PageHeader";
import { Pitch } from "@/features/pitch/Pitch";
import type { PitchPlayer } from "@/features/pitch/types";
import { DeadlineCountdown, DeadlineTime } from "@/features/team/Deadline";
import { ApplyForm } from "./ApplyForm";
import classes from "./apply.module.css";
import { Checks } from "./Checks";
import { Sent } from "./Sent";
import { verdict } from "./words";

const TONES = { ok: "ok", warning: "warn", stop: "bad" } as const;

/** Everything a person needs to agree to it, and the way to agree. */
export function ApplyReview({ preview, title }: { preview: ApplyPreview; title: string }) {
  const [first] = useState(preview.suggestion);
  const state = preview.allowed ? (preview.checks.some((check) => check.state === "warning") ? "warning" : "ok") : "stop";
  const { team_name, suggestion } = preview;
  return (
    <>
      <Notice tone={TONES[state]} role="status">
        <div className={classes.verdict}>
          <p>
            <b>{verdict(preview)}</b>
          </p>
          <Deadline preview={preview} />
          {suggestion !== first && <p>What would be sent has changed since you opened this page.</p>}
        </div>
      </Notice>
      <div className={classes.layout} data-state={state}>
        <div>
          <Section title="What would be sent" aside={preview.suggested_at && <Source preview={preview} time={preview.suggested_at} />}>
            <Sent preview={preview} />
            {preview.warnings.map(({ code, message }) => (
              <Notice key={code + message}>{message}</Notice>
            ))}
          </Section>
          <Section title="Line-up">
            <Lineup preview={preview} />
          </Section>
        </div>
        <div>
          <Section title="Checks">
            <Checks checks={preview.checks} />
          </Section>
          {preview.allowed && team_name !== null && suggestion !== null ? (
            <ApplyForm key={suggestion} preview={{ ...preview, team_name, suggestion }} title={title} />
          ) : (
            <p className={classes.closed}>It can be sent from here when no check says “Stopped” any more. This page looks again by itself.</p>
          )}
        </div>
      </div>
    </>
  );
}

function Deadline({ preview }: { preview: ApplyPreview }) {
  if (preview.gameweek === null) return null;
  const { name, deadline } = preview.gameweek;
  return (
    <p>
      {name}: deadline <DeadlineCountdown deadline={deadline} />, <DeadlineTime deadline={deadline} />
    </p>
  );
}

function Source({ preview, time }: { preview: ApplyPreview; time: string }) {
  return (
    <span className="muted">
      {preview.report_id === null ? (
        "optimised"
      ) : (
        <Link to="/reports/$id" params={{ id: preview.report_id }} className="link">
          optimised
        </Link>
      )}{" "}
      <TimeAgo time={time} />
    </span>
  );
}

function Lineup({ preview }: { preview: ApplyPreview }) {
  const { starting_lineup, bench, gameweek } = preview;
  if (starting_lineup.length === 0) {
    return (
      <p className="muted">
        AIrsenal chooses the line-up when it runs, by the newest prediction. To see it before,{" "}
        <Link to="/commands/$id" params={{ id: "optimize" }} className="link">
          optimise
        </Link>{" "}
        for this gameweek.
      </p>
    );
  }
  return <Pitch starting={starting_lineup.map(onPitch)} bench={bench.map(onPitch)} label={`Line-up of ${gameweek?.name ?? "the gameweek"}`} />;
}

function onPitch({ name, club, position_group, is_captain, is_vice_captain, expected_points }: ApplyPreview["bench"][number]): PitchPlayer {
  return { key: `${name} ${club ?? ""}`, name, club, position: position_group, captain: is_captain, vice: is_vice_captain, ...(expected_points === null ? {} : { points: expected_points }) };
}
