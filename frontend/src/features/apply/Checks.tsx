import { IconAlertTriangle, IconCircleCheck, IconHandStop } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Reason } from "@/features/commands/Reason";
import classes from "./apply.module.css";
import { type Check, CHECK_WORDS, sorted, STATE_WORDS } from "./words";

// What the set-up mends; so it does what a missing secret stops.
const SET_UP: ReadonlySet<Check["name"]> = new Set(["installed", "database"]);
const ICONS = { ok: IconCircleCheck, warning: IconAlertTriangle, stop: IconHandStop };

export function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className={classes.checks}>
      {sorted(checks).map(({ name, state, detail }) => {
        const Icon = ICONS[state];
        return (
          <li key={name} data-state={state}>
            <Icon size={17} aria-hidden="true" />
            <div>
              <p className={classes.checkHead}>
                <b>{CHECK_WORDS[name]}</b> <span>{STATE_WORDS[state]}</span>
              </p>
              <p>
                <Reason text={detail} />
                {state === "stop" && (SET_UP.has(name) || /\bsecret\b/.test(detail)) && (
                  <>
                    {" "}
                    <Link to="/airsenal" className="link">
                      Go to the set-up
                    </Link>
                  </>
                )}
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
