import { IconArrowsExchange } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { airsenalQuery, newestSuggestionQuery } from "@/api/fplQueries";
import { TimeAgo } from "@/components/JobBits";
import { useDeadline } from "@/features/team/Deadline";
import classes from "./suggestion.module.css";
import { doubtOf } from "./suggestions";

/** What to do before the next deadline, for those who have optimised; nothing for everybody else. */
export function Suggestion() {
  const head = useQuery(newestSuggestionQuery).data;
  const deadline = useDeadline().query.data;
  const steps = useQuery({ ...airsenalQuery, enabled: Boolean(head) }).data?.steps;
  if (!head) return null;
  const doubt = doubtOf(head, deadline, steps?.find(({ name }) => name === "optimise"));
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
