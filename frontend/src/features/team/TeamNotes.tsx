import { Button } from "@mantine/core";
import { IconCloudOff, IconRefresh } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { ApiError } from "@/api/errors";
import type { CurrentTeam } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { Notice } from "@/components/Notice";
import { Empty, Failure } from "@/components/PageStates";
import { formatCount } from "@/lib/time";
import { CHIPS, doubtOf, money } from "./words";
import classes from "./team.module.css";

/** Why there is no team to show, and the way on. */
export function NoTeam({ error, retry }: { error: unknown; retry: () => void }) {
  const code = error instanceof ApiError ? error.code : null;
  if (code === "no_team_id") {
    return (
      <Empty title="Which team is yours?" action={<SetTeam label="Set the team's number" />}>
        It is not chosen yet. Its number stands in the address of your Points page: fantasy.premierleague.com/entry/<b>number</b>/event/…
      </Empty>
    );
  }
  if (error instanceof ApiError && (code === "no_such_team" || code === "bad_team_id")) {
    return <Empty title="This team is not found" action={<SetTeam label="Set another number" />}>{error.message}</Empty>;
  }
  if (error instanceof ApiError && code === "no_squad_yet") return <Empty title="No squad to show yet">{error.message}</Empty>;
  return <Failure title="Your team could not be read" error={error} retry={retry} />;
}

/** To the set-up: there its name is shown before it is saved. */
function SetTeam({ label }: { label: string }) {
  return (
    <Link to="/airsenal" className="link">
      {label}
    </Link>
  );
}

export function StaleNotice({ team, retry, busy }: { team: CurrentTeam; retry: () => void; busy: boolean }) {
  if (!team.stale) return null;
  return (
    <Notice
      role="status"
      icon={IconCloudOff}
      action={
        <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} loading={busy} onClick={retry}>
          Try again
        </Button>
      }
    >
      <b>
        This is the last good answer, from <TimeAgo time={team.fetched_at} />.
      </b>{" "}
      {team.stale_reason}
    </Notice>
  );
}

const NAMED = 3;

/** Where the expected points come from, or why there are none. */
export function PredictionNote({ team: { prediction, next_gameweek: coming, players } }: { team: CurrentTeam }) {
  if (!coming) return null;
  const run = (
    <Link to="/commands/$id" params={{ id: "predict" }} className="link">
      Predict points
    </Link>
  );
  if (!prediction) return <p className={classes.note}>No expected points: there is no prediction yet. {run} makes one.</p>;
  const when = (
    <Link to="/reports/$id" params={{ id: prediction.report_id }} className="link">
      <TimeAgo time={prediction.completed_at} />
    </Link>
  );
  if (prediction.covers_next) {
    const missing = players.filter(({ expected_points }) => expected_points === null).map(({ name }) => name);
    return (
      <p className={classes.note}>
        Expected points are from the prediction of {when}.{missing.length > 0 && ` It has none for ${missing.length > NAMED ? `${missing.length} players` : missing.join(", ")}.`}
      </p>
    );
  }
  // One that has the gameweek by its number, and does not count for it, is of another season.
  const about = prediction.gameweeks.includes(coming.id) ? "is of another season" : `is for ${gameweekList(prediction.gameweeks)} and not for ${coming.name}`;
  return (
    <p className={classes.note}>
      No expected points: the newest prediction, of {when}, {about}. Run {run} again.
    </p>
  );
}

function gameweekList(gameweeks: readonly number[]): string {
  if (gameweeks.length === 0) return "no gameweek";
  const [first, last] = [Math.min(...gameweeks), Math.max(...gameweeks)];
  return first === last ? `Gameweek ${first}` : `Gameweeks ${first} to ${last}`;
}

export function ChipNote({ team: { active_chip, gameweek } }: { team: CurrentTeam }) {
  if (!active_chip) return null;
  return (
    <p className={classes.note}>
      <b>{CHIPS[active_chip]}</b> is played in {gameweek.name}.
      {active_chip === "free_hit" && " This squad is for one gameweek only: afterwards the one of the gameweek before is back."}
    </p>
  );
}

export function Summary({ team: { entry_summary: entry, gameweek } }: { team: CurrentTeam }) {
  const hit = entry.event_transfers_cost > 0 ? `, −${entry.event_transfers_cost} points` : "";
  const facts = [
    [`Points in ${gameweek.name}`, formatCount(entry.event_points)],
    ["Points in all", formatCount(entry.total_points)],
    ["Points on the bench", formatCount(entry.points_on_bench)],
    ["Team value", money(entry.team_value)],
    ["In the bank", money(entry.bank)],
    ["Transfers made", `${entry.event_transfers}${hit}`],
  ] as const;
  return (
    <dl className={classes.summary} aria-label={`At the deadline of ${gameweek.name}`}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** All that speaks against somebody, in the order of the squad: on the pitch it is only a sign. */
export function News({ team }: { team: CurrentTeam }) {
  const doubts = team.players.flatMap((player) => {
    const doubt = doubtOf(player);
    return doubt === null ? [] : [{ player, doubt }];
  });
  return (
    <section className={classes.news} aria-labelledby="team-news">
      <h2 id="team-news">Injuries and news</h2>
      {doubts.length === 0 && <p className={classes.note}>FPL says nothing against any of the squad.</p>}
      {doubts.length > 0 && (
        <ul aria-labelledby="team-news">
          {doubts.map(({ player, doubt }) => (
            <li key={player.player_id}>
              <b>{player.name}</b>
              <span className={classes.doubt}>{doubt}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
