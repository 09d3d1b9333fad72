import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { describeError } from "@/api/errors";
import { deadlineQuery } from "@/api/fplQueries";
import { secretsQuery } from "@/api/queries";
import type { Deadline, GameweekInfo } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import dashboard from "@/features/dashboard/dashboard.module.css";
import { usePreference } from "@/lib/preferences";
import { formatUntil, formatWeekday, formatWithZone } from "@/lib/time";
import { useNow } from "@/lib/useNow";
import classes from "./deadline.module.css";

/** Ticks. Not announced as it does (a timer is no live region), and of a width that does not move its neighbours. */
export function DeadlineCountdown({ deadline }: { deadline: string }) {
  const now = useNow();
  // Read again when the zone is changed on the settings page.
  usePreference("timeZone");
  const at = new Date(deadline);
  const left = at.getTime() - now;
  return (
    <time role="timer" className={`num ${classes.countdown}`} dateTime={deadline} title={formatWithZone(at)}>
      {left > 0 ? `in ${formatUntil(left)}` : "has passed"}
    </time>
  );
}

/** The moment itself, in the zone of the settings. */
export function DeadlineTime({ deadline }: { deadline: string }) {
  usePreference("timeZone");
  const at = new Date(deadline);
  return (
    <time className="num" dateTime={deadline} title={formatWithZone(at)}>
      {formatWeekday(at)}
    </time>
  );
}

export function DeadlineLine({ gameweek }: { gameweek: GameweekInfo | null }) {
  if (!gameweek) return <p className={classes.line}>The season&apos;s last deadline is behind us.</p>;
  return (
    <p className={classes.line}>
      <span>{gameweek.name}: deadline</span> <b><DeadlineCountdown deadline={gameweek.deadline} /></b>
      <span className={classes.at}><DeadlineTime deadline={gameweek.deadline} /></span>
    </p>
  );
}

/** For those who have a team: nobody else's console asks FPL for anything. */
export function useDeadline() {
  const hasTeam = useQuery(secretsQuery).data?.some(({ key, is_set }) => key === "FPL_TEAM_ID" && is_set) ?? false;
  return { hasTeam, query: useQuery({ ...deadlineQuery, enabled: hasTeam }) };
}

/** On the dashboard, for those who have a team. */
export function DeadlineCard() {
  const { hasTeam, query } = useDeadline();
  if (!hasTeam) return null;
  return (
    <div className={`${dashboard.card} ${classes.card}`}>
      <dt>
        <Link to="/team">{query.data?.gameweek ? `Deadline of ${query.data.gameweek.name}` : "Next deadline"}</Link>
      </dt>
      <dd>
        {query.data ? <CardBody deadline={query.data} /> : <Unknown error={query.error} />}
      </dd>
    </div>
  );
}

function Unknown({ error }: { error: Error | null }) {
  if (!error) return <span className={classes.small}>…</span>;
  return (
    <span className={classes.small} title={describeError(error)}>
      not known: the FPL API fails
    </span>
  );
}

function CardBody({ deadline: { gameweek, fetched_at, stale } }: { deadline: Deadline }) {
  return (
    <>
      {gameweek ? <DeadlineCountdown deadline={gameweek.deadline} /> : <span>season over</span>}
      <span className={classes.small}>
        {gameweek && <DeadlineTime deadline={gameweek.deadline} />}
        {stale && <> · as of <TimeAgo time={fetched_at} /></>}
      </span>
    </>
  );
}
