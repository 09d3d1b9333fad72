import { Button, Modal } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Guidance } from "@/api/types";
import { Notice } from "@/components/Notice";
import { Failure } from "@/components/PageStates";
import classes from "./airsenal.module.css";
import { useRun } from "./useRun";
import { PLACES } from "./words";

const ACTIONS: Partial<Record<Guidance["kind"], string>> = { upgrade: "Upgrade AIrsenal", new_season: "Build the new season" };
// Here the answer may be wrong already; the others can wait.
const GRAVE: readonly Guidance["kind"][] = ["damaged_database", "player_scores", "season_unsupported"];
const NEED_COPIES: readonly Guidance["kind"][] = ["damaged_database", "player_scores"];

/** What has moved on under a set-up that was done, each with the way to go. */
export function GuidanceCards({ guidance }: { guidance: readonly Guidance[] }) {
  return guidance.map((one) => <GuidanceCard key={one.kind} guidance={one} />);
}

function GuidanceCard({ guidance }: { guidance: Guidance }) {
  const { kind, title, detail, steps, command } = guidance;
  const grave = GRAVE.includes(kind);
  return (
    <Notice tone={grave ? "warn" : "info"} icon={grave ? IconAlertTriangle : IconInfoCircle} labelledBy={`guidance-${kind}`} spaced>
      <div className={classes.guidance}>
        <h2 id={`guidance-${kind}`}>{title}</h2>
        <p>{detail}</p>
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <div className={classes.buttons}>
          {command && <Act command={command} guidance={guidance} />}
          {NEED_COPIES.includes(kind) && (
            <Link to={PLACES.copies} className="link">
              Copies of the database
            </Link>
          )}
        </div>
      </div>
    </Notice>
  );
}

/** Asks once more: both of them throw something away that is made anew. */
function Act({ command, guidance }: { command: string; guidance: Guidance }) {
  const [asked, setAsked] = useState(false);
  const run = useRun();
  const label = ACTIONS[guidance.kind] ?? "Do it";
  const close = () => {
    setAsked(false);
  };
  return (
    <>
      <Button color="ink" onClick={() => { setAsked(true); }}>
        {label}…
      </Button>
      <Modal opened={asked} onClose={close} title={label} closeButtonProps={{ "aria-label": "Close" }}>
        <div className={classes.formBox}>
          <p>
            {guidance.kind === "new_season"
              ? "The present database is replaced by a new one. Its present state is kept as a copy and can be restored."
              : "The present installation is removed first, so AIrsenal cannot be used for about a minute. Your database, its copies and your settings stay."}
          </p>
          {run.error && <Failure error={run.error} title="The job was not accepted" />}
          <div className={classes.dialogButtons}>
            <Button variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
            <Button
              color="ink" loading={run.isPending}
              onClick={() => {
                run.mutate({ command, parameters: guidance.parameters }, { onSuccess: close });
              }}
            >
              {label}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
