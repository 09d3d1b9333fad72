import { IconArrowsExchange } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { deadlineQuery, newestSuggestionQuery } from "@/api/queries";
import type { Deadline, ReportHead } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import classes from "./suggestion.module.css";

/** What to do before the next deadline, for those who have optimised; nothing for everybody else. */
export function Suggestion() {
  const head = useQuery(newestSuggestionQuery).data;
  // Asked for by the deadline's card; here it is only looked at.
  const deadline = useQuery({ ...deadlineQuery, enabled: false }).data;
  if (!head) return null;
  const doubt = doubtOf(head, deadline);
  return (
    <section className={classes.card} aria-label="Newest suggestion">
      <IconArrowsExchange size={18} aria-hidden="true" />
      <div>
        <p className={classes.label}>
          Newest suggestion · <TimeAgo time={head.completed_at} />
        </p>
        <Link to="/reports/$id" params={{ id: head.id }} className={classes.headline}>
          {head.headline}
        </Link>
        {doubt !== null && <p className={classes.doubt}>{doubt}</p>}
      </div>
    </section>
  );
}

/** The first thing that speaks against following it. */
export function doubtOf({ state, gameweeks, warnings }: ReportHead, deadline: Deadline | undefined): string | null {
  const [first] = gameweeks;
  const coming = deadline?.gameweek;
  if (state === "not_understood") return "AIrsenal’s output was not wholly understood: read it before you follow it.";
  if (coming && first !== undefined && first < coming.id) return `Made for gameweek ${first}, whose deadline has passed: update, predict and optimise again.`;
  const [warning, ...others] = warnings;
  if (!warning) return null;
  return others.length === 0 ? warning.message : `${warning.message} And ${others.length} more.`;
}
