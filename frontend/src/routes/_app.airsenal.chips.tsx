import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import { commandQuery } from "@/api/queries";
import { Crumbs } from "@/components/Crumbs";
import { PageHeader, Section } from "@/components/PageHeader";
import { Planner } from "@/features/chips/Planner";
import classes from "@/features/chips/chips.module.css";

const SEARCH = "optimize";

export const Route = createFileRoute("/_app/airsenal/chips")({
  loader: ({ context }) => context.queryClient.query({ ...commandQuery(SEARCH), staleTime: "static" }),
  component: Chips,
});

function Chips() {
  const { data: command } = useSuspenseQuery(commandQuery(SEARCH));
  return (
    <>
      <PageHeader
        title="Chip planner"
        tab="Chip planner"
        above={<Crumbs to="/airsenal" parent="AIrsenal">Chips</Crumbs>}
      >
        <p>Let AIrsenal look for the best gameweek for a chip, and see what the search costs before it runs.</p>
      </PageHeader>
      <Planner command={command} />
      <Section title="What AIrsenal does with a chip">
        <div className={classes.words}>
          <p>
            <b>Not played:</b> the search leaves the chip alone. <b>In one gameweek:</b> every strategy plays it then, and you see what that brings.{" "}
            <b>Tried in every gameweek:</b> strategies with and without it are compared, at most one of each chip, which multiplies the work.
          </p>
          <p>
            It suggests only. <b>Chips are played by you, on the FPL site:</b> AIrsenal cannot play them. With a wildcard or a free hit make the
            transfers there as well, together with the chip; sent from here each would cost points. The line-up can be{" "}
            <Link to="/airsenal/apply/$command" params={{ command: "set_lineup" }} className="link">
              set from here
            </Link>{" "}
            afterwards.
          </p>
          <p>The search rests on the newest prediction, which must hold every gameweek of it.</p>
        </div>
      </Section>
    </>
  );
}
