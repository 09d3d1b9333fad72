import type { CostQuery } from "@/api/fplQueries";
import type { ParameterValues, SearchCost } from "@/api/types";
import { formatCount, formatDuration } from "@/lib/time";

export const CHIPS = ["wildcard", "free_hit", "triple_captain", "bench_boost"] as const;
export type Chip = (typeof CHIPS)[number];

export const NOT_PLAYED = -1;
export const ANY_WEEK = 0;
const MINUTE = 60;
export const LONG = 30 * MINUTE;
const VERY_MANY = 1_000;

export interface Plan {
  weeks: number;
  chips: Record<Chip, number>;
  /** Null: as the FPL site counts them. */
  freeTransfers: number | null;
  maxTransfers: number;
  maxHit: number;
  allowUnused: boolean;
  threads: number;
  iterations: number;
}

export const DEFAULT_PLAN: Plan = {
  weeks: 3,
  chips: { wildcard: NOT_PLAYED, free_hit: NOT_PLAYED, triple_captain: NOT_PLAYED, bench_boost: NOT_PLAYED },
  freeTransfers: null,
  maxTransfers: 2,
  maxHit: 8,
  allowUnused: false,
  threads: 2,
  iterations: 100,
};

export function costQuery(plan: Plan): CostQuery {
  return {
    weeks_ahead: plan.weeks,
    ...plan.chips,
    max_transfers: plan.maxTransfers,
    max_hit: plan.maxHit,
    allow_unused: plan.allowUnused,
    num_thread: plan.threads,
    num_iterations: plan.iterations,
    ...(plan.freeTransfers === null ? {} : { free_transfers: plan.freeTransfers }),
  };
}

/** What the search is started with. A chip that is not played is left out: for AIrsenal 0 means "any week". */
export function parameters(plan: Plan): ParameterValues {
  const chips = CHIPS.filter((chip) => plan.chips[chip] !== NOT_PLAYED).map((chip) => [`${chip}_week`, plan.chips[chip]] as const);
  return {
    weeks_ahead: plan.weeks,
    ...Object.fromEntries(chips),
    ...(plan.freeTransfers === null ? {} : { num_free_transfers: plan.freeTransfers }),
    max_transfers: plan.maxTransfers,
    max_hit: plan.maxHit,
    allow_unused: plan.allowUnused,
    num_thread: plan.threads,
    num_iterations: plan.iterations,
  };
}

/** A chip set for a gameweek that the window has lost is not played any more. */
export function within(plan: Plan, gameweeks: readonly number[]): Plan {
  const lost = (week: number) => week > ANY_WEEK && !gameweeks.includes(week);
  if (gameweeks.length === 0 || !CHIPS.some((chip) => lost(plan.chips[chip]))) return plan;
  const chips = Object.fromEntries(CHIPS.map((chip) => [chip, lost(plan.chips[chip]) ? NOT_PLAYED : plan.chips[chip]]));
  return { ...plan, chips: chips as Plan["chips"] };
}

export function strategies({ strategies: count }: Pick<SearchCost, "strategies">): string {
  return count === 1 ? "1 strategy" : `${formatCount(count)} strategies`;
}

/** An estimate, so not to the second: `about 3 min 40 s`. */
export function estimate(seconds: number): string {
  const step = seconds < MINUTE ? 1 : seconds < 10 * MINUTE ? 10 : MINUTE;
  return `about ${formatDuration(Math.max(1, Math.round(seconds / step) * step) * 1000)}`;
}

/** Why one should think twice, or null. `limit`: seconds after which the console ends the search. */
export function caution(cost: SearchCost, limit: number | null): string | null {
  const { seconds } = cost;
  if (seconds === null) {
    return cost.strategies > VERY_MANY ? "This is a very large search, and how long it takes here is not known. Try a smaller one first." : null;
  }
  if (limit !== null && seconds > limit) {
    return `This search takes ${estimate(seconds)}, and the console ends it after ${formatDuration(limit * 1000)}: it would end without a result. Look fewer gameweeks ahead, or fix the gameweek of a chip.`;
  }
  if (seconds > LONG) return `This search takes ${estimate(seconds)}. While it runs, nothing else of AIrsenal can.`;
  return null;
}
