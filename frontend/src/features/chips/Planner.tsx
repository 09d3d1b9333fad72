import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import { body, client } from "@/api/client";
import { searchCostQuery } from "@/api/fplQueries";
import { JOB_KEYS, jobQuery } from "@/api/queries";
import type { Command } from "@/api/types";
import { Failure, Rows } from "@/components/PageStates";
import { Reason } from "@/features/commands/Reason";
import { Cost } from "./Cost";
import classes from "./chips.module.css";
import { costQuery, DEFAULT_PLAN, parameters, type Plan, within } from "./plan";
import { PlanForm } from "./PlanForm";

/** Choose what the search may try, see what that costs, and start it. `command` is the search. */
export function Planner({ command }: { command: Command }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [plan, setPlan] = useState(DEFAULT_PLAN);
  const [settled] = useDebouncedValue(plan, 250);
  const cost = useQuery(searchCostQuery(costQuery(settled)));
  const stale = plan !== settled || cost.isPlaceholderData;
  const first = cost.data?.gameweeks[0];
  const gameweeks = first === undefined ? [] : Array.from({ length: Math.min(plan.weeks, 39 - first) }, (_, week) => first + week);

  const start = useMutation({
    mutationFn: async (chosen: Plan) =>
      body(await client.POST("/api/jobs", { body: { command: command.id, parameters: parameters(chosen) } })),
    onSuccess: (job) => {
      queryClient.setQueryData(jobQuery(job.id).queryKey, job);
      void queryClient.invalidateQueries({ queryKey: JOB_KEYS.list });
      void navigate({ to: "/jobs/$id", params: { id: job.id } });
    },
  });

  const change = (next: Plan) => {
    const weeks = first === undefined ? [] : Array.from({ length: next.weeks }, (_, week) => first + week);
    setPlan(within(next, weeks));
    start.reset();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!start.isPending) start.mutate(plan);
  };

  return (
    <form className={classes.layout} onSubmit={submit} noValidate aria-label="Plan a search">
      <PlanForm plan={plan} gameweeks={gameweeks} onChange={change} />
      <div className={classes.side}>
        <h2>What it costs</h2>
        {cost.data && <Cost cost={cost.data} limit={command.time_limit} stale={stale} free={plan.freeTransfers} />}
        {cost.isPending && <Rows rows={2} />}
        {cost.error && <Failure error={cost.error} title="The cost is not known" retry={() => void cost.refetch()} />}
        {!command.available && (
          <p className="muted">
            <b>Cannot run now.</b> <Reason text={command.unavailable_reason} />
          </p>
        )}
        {start.error && <Failure error={start.error} title="The job was not accepted" />}
        <div>
          <Button
            type="submit"
            color="ink"
            leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
            loading={start.isPending}
            disabled={!command.available || (!stale && cost.data?.problem !== undefined && cost.data.problem !== null)}
          >
            Run this search
          </Button>
        </div>
      </div>
    </form>
  );
}
