import { Button } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { newestSuggestionQuery } from "@/api/fplQueries";
import type { ApplyCommand, LineupPlayer, OptimisationReport, ReportHead, StoredReport } from "@/api/types";
import { Notice } from "@/components/Notice";
import { Section } from "@/components/PageHeader";
import { Pitch } from "@/features/pitch/Pitch";
import type { PitchPlayer } from "@/features/pitch/types";
import { useDeadline } from "@/features/team/Deadline";
import { formatDuration } from "@/lib/time";
import { Printed } from "./CheckViews";
import classes from "./optimisation.module.css";
import { Plans } from "./Plans";
import { ReportHeader } from "./ReportHeader";
import { passedWords } from "./suggestions";
import { formatPoints, formatSigned, gainWords } from "./words";

export function OptimisationView({ stored, report }: { stored: StoredReport; report: OptimisationReport }) {
  const gameweek = report.plan[0]?.gameweek ?? report.gameweeks[0];
  const some = report.starting_lineup.length > 0;
  const moves = report.plan.some(({ transfers_in, transfers_out }) => transfers_in.length + transfers_out.length > 0);
  const newer = useNewer(stored.head);
  return (
    <>
      <ReportHeader
        stored={stored}
        actions={
          // What was read in part is not offered to be sent, and what is sent is always the newest.
          report.state === "complete" &&
          newer === null && (
            <>
              {moves && <ApplyButton command="make_transfers">Review transfers…</ApplyButton>}
              {some && <ApplyButton command="set_lineup">Review line-up…</ApplyButton>}
            </>
          )
        }
      />
      <Outdated newer={newer} head={stored.head} />
      <Score report={report} />
      {report.plan.length > 0 && (
        <Section title={report.new_squad ? "The squad to buy" : "What to do, week by week"}>
          <Plans plan={report.plan} freeTransfers={report.free_transfers} newSquad={report.new_squad} />
        </Section>
      )}
      {some && (
        <Section title={gameweek === undefined ? "Line-up" : `Line-up for gameweek ${gameweek}`}>
          <Pitch
            label="Starting eleven and bench"
            starting={report.starting_lineup.map(onPitch)}
            bench={report.bench.map(onPitch)}
          />
        </Section>
      )}
      <Printed text={report.summary_text} />
    </>
  );
}

function useNewer(head: ReportHead): ReportHead | null {
  const newest = useQuery(newestSuggestionQuery).data;
  return newest && newest.id !== head.id && newest.completed_at > head.completed_at ? newest : null;
}

/** Old advice looks like any other: a page opened again, or a link that was sent. */
function Outdated({ newer, head }: { newer: ReportHead | null; head: ReportHead }) {
  const passed = passedWords(head, useDeadline().query.data);
  if (newer === null && passed === null) return null;
  return (
    <Notice role="note" icon={IconHistory} spaced>
      {newer === null ? (
        passed
      ) : (
        <>
          There is a newer suggestion:{" "}
          <Link to="/reports/$id" params={{ id: newer.id }} className="link">
            {newer.headline}
          </Link>
        </>
      )}
    </Notice>
  );
}

/** To the page that shows what would be sent, and asks before anything is. */
function ApplyButton({ command, children }: { command: ApplyCommand; children: string }) {
  return (
    <Button variant="default" renderRoot={(props) => <Link to="/airsenal/apply/$command" params={{ command }} {...props} />}>
      {children}
    </Button>
  );
}

function onPitch({ name, club, position_group, is_captain, is_vice_captain, expected_points }: LineupPlayer): PitchPlayer {
  return { key: `${name} ${club ?? ""}`, name, club, position: position_group, captain: is_captain, vice: is_vice_captain, ...(expected_points === null ? {} : { points: expected_points }) };
}

/** With and without the moves, side by side. */
function Score({ report }: { report: OptimisationReport }) {
  const { baseline_points: without, best_points: best, gameweeks, strategies, seconds } = report;
  const gain = gainWords(report);
  const searched = searchWords(strategies, seconds);
  if (without === null || best === null) {
    if (report.expected_points === null && gain === null) return null;
    return (
      <p className={classes.alone}>
        {report.expected_points !== null && (
          <>
            <b className="num">{formatPoints(report.expected_points, 1)}</b> points expected.{" "}
          </>
        )}
        {gain} {searched}
      </p>
    );
  }
  const most = Math.max(without, best, 1);
  return (
    <section className={classes.score} aria-label="What the moves are worth">
      <dl>
        <Bar name="As the team is" points={without} most={most} kind="without" />
        <Bar name="With these moves" points={best} most={most} kind="best" />
        <div className={classes.gain}>
          <dt>Gain</dt>
          <dd className="num">{formatSigned(report.points_gain ?? best - without, 1)}</dd>
        </div>
      </dl>
      <p className="muted">
        {gain} {gameweeks.length > 1 && "Over all gameweeks together, where later ones count a little less because they are less certain. "}
        {searched}
      </p>
    </section>
  );
}

function searchWords(strategies: number | null, seconds: number | null): string {
  if (strategies === null) return "";
  return `${strategies === 1 ? "1 strategy was" : `${strategies} strategies were`} tried${seconds === null ? "" : ` in ${formatDuration(seconds * 1000)}`}.`;
}

function Bar({ name, points, most, kind }: { name: string; points: number; most: number; kind: "without" | "best" }) {
  return (
    <div className={classes.bar}>
      <dt>{name}</dt>
      <dd>
        <i aria-hidden="true" data-kind={kind} style={{ width: `${(Math.max(0, points) / most) * 100}%` }} />
        <span className="num">{formatPoints(points, 1)}</span>
      </dd>
    </div>
  );
}
