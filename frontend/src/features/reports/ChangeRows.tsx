import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Change } from "@/api/types";
import classes from "./compare.module.css";
import { playerKey } from "./players";
import { formatPoints, formatPrice, formatSigned } from "./words";

const STEP = 25;

/** Who moved, how far, and why; those who moved most first. */
export function ChangeRows({ changes, label, none, icon }: { changes: readonly Change[]; label: string; none: string; icon: ReactNode }) {
  const [shown, setShown] = useState(STEP);
  if (changes.length === 0) return <p className={classes.none}>{none}</p>;
  return (
    <>
      <ol className={classes.rows} aria-label={label}>
        {changes.slice(0, shown).map((change) => (
          <li key={playerKey(change)} data-way={change.difference > 0 ? "up" : "down"}>
            <span className={classes.who}>
              <b>{change.player}</b>{" "}
              <span className="muted">
                {change.position} · {change.club ?? "no club"}
              </span>
            </span>
            <span className={`${classes.difference ?? ""} num`}>
              {icon}
              {formatSigned(change.difference)}
            </span>
            <span className={classes.why}>{whyWords(change)}</span>
            <span className={`${classes.points ?? ""} num`}>
              {side(change.points_before)} → {side(change.points_after)}
            </span>
          </li>
        ))}
      </ol>
      {changes.length > shown && (
        <p className={classes.more}>
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              setShown(shown + STEP);
            }}
          >
            Show {Math.min(STEP, changes.length - shown)} more of {changes.length}
          </Button>
        </p>
      )}
    </>
  );
}

function side(points: number | null): string {
  return points === null ? "absent" : formatPoints(points);
}

/** The reasons in words; without one it is the model alone. */
export function whyWords({ reasons, points_before, points_after, price_before, price_after }: Change): string {
  const price =
    price_before !== null && price_after !== null && price_before !== price_after && !reasons.some((reason) => /price|£/i.test(reason))
      ? [`Price ${formatPrice(price_before)} → ${formatPrice(price_after)}`]
      : [];
  const words = [...reasons, ...price];
  if (words.length > 0) return words.join(" · ");
  if (points_before === null) return "Not in the earlier prediction";
  if (points_after === null) return "Not in the later prediction";
  return "The model alone";
}
