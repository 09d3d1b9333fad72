import { NativeSelect, NumberInput, Switch } from "@mantine/core";
import { CHIP_WORDS } from "@/features/apply/words";
import classes from "./chips.module.css";
import { ANY_WEEK, CHIPS, type Chip, NOT_PLAYED, type Plan } from "./plan";

interface Props {
  plan: Plan;
  gameweeks: readonly number[];
  onChange: (plan: Plan) => void;
}

const HINTS: Record<Chip, string> = {
  wildcard: "Exchanges the whole squad for good.",
  free_hit: "A whole new squad for one gameweek.",
  triple_captain: "The captain counts three times.",
  bench_boost: "The bench counts, too.",
};

export function PlanForm({ plan, gameweeks, onChange }: Props) {
  const number = (key: "weeks" | "maxTransfers" | "maxHit" | "threads" | "iterations", label: string, min: number, max: number, description: string) => (
    <NumberInput
      label={label}
      description={description}
      value={plan[key]}
      min={min}
      max={max}
      clampBehavior="strict"
      allowDecimal={false}
      allowNegative={false}
      onChange={(value) => {
        if (typeof value === "number" && value >= min) onChange({ ...plan, [key]: value });
      }}
    />
  );
  const newSquad = plan.chips.wildcard !== NOT_PLAYED || plan.chips.free_hit !== NOT_PLAYED;
  return (
    <div className={classes.form}>
      <fieldset className={classes.group}>
        <legend>Chips</legend>
        <div className={classes.grid}>
          {CHIPS.map((chip) => (
            <NativeSelect
              key={chip}
              label={CHIP_WORDS[chip]}
              description={HINTS[chip]}
              value={String(plan.chips[chip])}
              onChange={(event) => {
                onChange({ ...plan, chips: { ...plan.chips, [chip]: Number(event.currentTarget.value) } });
              }}
              data={[
                { value: String(NOT_PLAYED), label: "Not played" },
                { value: String(ANY_WEEK), label: "Tried in every gameweek" },
                ...gameweeks.map((week) => ({ value: String(week), label: `In gameweek ${week}` })),
              ]}
            />
          ))}
        </div>
      </fieldset>
      <fieldset className={classes.group}>
        <legend>Search</legend>
        <div className={classes.grid}>
          {number("weeks", "Gameweeks ahead", 1, 10, "Each one makes it about three times as long.")}
          <NativeSelect
            label="Free transfers you have"
            description="Only to correct what the FPL site says."
            value={plan.freeTransfers === null ? "" : String(plan.freeTransfers)}
            onChange={(event) => {
              const { value } = event.currentTarget;
              onChange({ ...plan, freeTransfers: value === "" ? null : Number(value) });
            }}
            data={[{ value: "", label: "As the FPL site says" }, ...[0, 1, 2, 3, 4, 5].map((count) => ({ value: String(count), label: String(count) }))]}
          />
          {number("maxTransfers", "Transfers in one gameweek", 0, 5, "The most to consider.")}
          {number("maxHit", "Largest hit in points", 0, 100, "Over all the gameweeks.")}
          {number("threads", "Worker processes", 1, 64, "As many as the machine has processors.")}
          {newSquad && number("iterations", "Iterations for a new squad", 1, 1_000, "Twice as many take four times as long.")}
        </div>
        <Switch
          className={classes.switch}
          label="Also try to let a free transfer lapse"
          checked={plan.allowUnused}
          onChange={(event) => {
            onChange({ ...plan, allowUnused: event.currentTarget.checked });
          }}
        />
      </fieldset>
    </div>
  );
}
