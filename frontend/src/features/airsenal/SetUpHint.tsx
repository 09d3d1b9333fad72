import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { airsenalQuery } from "@/api/fplQueries";
import { usePreference } from "@/lib/preferences";
import classes from "./hint.module.css";
import { progressOf } from "./words";

/** On the dashboard until the set-up is done, or until somebody does not want it. */
export function SetUpHint() {
  const [wanted, setWanted] = usePreference("setUpHint");
  const status = useQuery({ ...airsenalQuery, enabled: wanted === "on" }).data;
  const next = status?.steps.find(({ name }) => name === status.next_step);
  if (wanted === "off" || !next || !status?.steps.some(({ state }) => state === "to_do")) return null;
  const { done, total } = progressOf(status.steps);
  return (
    <aside className={classes.hint} aria-label="Set AIrsenal up">
      <p>
        <b>Set AIrsenal up: {done} of {total} done.</b>{" "}
        <Link to="/airsenal" className="link">
          {next.state === "running" ? "Running now" : "Next"}: {next.title}
        </Link>
      </p>
      <ActionIcon
        size={26} aria-label="Do not show this again"
        onClick={() => {
          setWanted("off");
        }}
      >
        <IconX size={15} />
      </ActionIcon>
    </aside>
  );
}
