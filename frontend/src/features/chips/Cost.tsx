import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { SearchCost } from "@/api/types";
import { Notice } from "@/components/Notice";
import { shortId } from "@/lib/jobWords";
import { formatCount } from "@/lib/time";
import classes from "./chips.module.css";
import { caution, estimate, strategies } from "./plan";

interface Props {
  cost: SearchCost;
  limit: number | null;
  /** The figures are of the values before: new ones are on their way. */
  stale: boolean;
  free: number | null;
}

export function Cost({ cost, limit, stale, free }: Props) {
  const warnings = cost.problem === null ? [cost.doubt, caution(cost, limit)].filter((text) => text !== null) : [];
  return (
    <div className={classes.cost} data-stale={stale || undefined} aria-busy={stale}>
      <p className={classes.figures} role="status">
        <b className="num">{strategies(cost)}</b>
        {cost.seconds !== null && (
          <>
            {" "}
            · <span className="num">{estimate(cost.seconds)}</span> on this machine
          </>
        )}
      </p>
      <p className="muted">
        {cost.measured_from === null ? (
          "How long it takes is not known: no search has been measured here yet. The first one that ends is the measure."
        ) : (
          <>
            Measured in job{" "}
            <Link to="/jobs/$id" params={{ id: cost.measured_from }} className="link mono">
              {shortId(cost.measured_from)}
            </Link>
            ; a busy machine takes longer.
          </>
        )}
        {cost.squads > 0 && ` ${formatCount(cost.squads)} of them ${cost.squads === 1 ? "builds" : "build"} a whole new squad, which is the slow part.`}
        {free === null && ` Counted with ${cost.free_transfers === 1 ? "1 free transfer" : `${cost.free_transfers} free transfers`}.`}
      </p>
      {cost.problem !== null && (
        <Notice tone="bad" role="alert" icon={IconAlertTriangle}>
          <b>It cannot run like this.</b> {cost.problem}
          {/predict/i.test(cost.problem) && (
            <>
              {" "}
              <Link to="/commands/$id" params={{ id: "predict" }} className="link">
                Predict points
              </Link>
            </>
          )}
        </Notice>
      )}
      {warnings.map((warning) => (
        <Notice key={warning} icon={IconAlertTriangle}>
          {warning}
        </Notice>
      ))}
    </div>
  );
}
