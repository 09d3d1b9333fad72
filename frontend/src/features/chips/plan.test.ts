import { describe, expect, it } from "vitest";
import type { SearchCost } from "@/api/types";
import { caution, costQuery, DEFAULT_PLAN, estimate, parameters, type Plan, strategies, within } from "./plan";

const cost: SearchCost = {
  strategies: 26, seconds: 220, seconds_per_strategy: 8.5, measured_from: "job", squads: 0, problem: null, doubt: null, gameweeks: [25, 26, 27], free_transfers: 1, squads_measured_from: null, deadlines: [],
};
const withChips = (chips: Partial<Plan["chips"]>): Plan => ({ ...DEFAULT_PLAN, chips: { ...DEFAULT_PLAN.chips, ...chips } });

describe("the plan of a search", () => {
  it("leaves out a chip that is not played, since 0 would be any week", () => {
    const plan = withChips({ wildcard: 0, bench_boost: 26 });
    expect(parameters(plan)).toEqual({
      weeks_ahead: 3, wildcard_week: 0, bench_boost_week: 26, max_transfers: 2, max_hit: 8, allow_unused: false, num_thread: 2, num_iterations: 100,
    });
    expect(costQuery(plan)).toMatchObject({ wildcard: 0, free_hit: -1, triple_captain: -1, bench_boost: 26 });
  });

  it("leaves the free transfers to the FPL site unless they are given", () => {
    expect(costQuery(DEFAULT_PLAN)).not.toHaveProperty("free_transfers");
    expect(costQuery({ ...DEFAULT_PLAN, freeTransfers: 0 })).toMatchObject({ free_transfers: 0 });
    expect(parameters({ ...DEFAULT_PLAN, freeTransfers: 0 })).toMatchObject({ num_free_transfers: 0 });
  });

  it("takes a chip back whose gameweek the search no longer covers", () => {
    expect(within(withChips({ wildcard: 27, free_hit: 0 }), [25, 26]).chips).toMatchObject({ wildcard: -1, free_hit: 0 });
    const kept = withChips({ wildcard: 26 });
    expect(within(kept, [25, 26])).toBe(kept);
    expect(within(withChips({ wildcard: 27 }), [])).toEqual(withChips({ wildcard: 27 }));
  });
});

describe("the words for the cost", () => {
  it("does not pretend to know seconds", () => {
    expect([0.2, 44.4, 223, 3599, 9000].map(estimate)).toEqual(["about 1 s", "about 44 s", "about 3 min 40 s", "about 1 h 00 min", "about 2 h 30 min"]);
    expect([1, 26, 5035].map((count) => strategies({ strategies: count }))).toEqual(["1 strategy", "26 strategies", "5,035 strategies"]);
  });

  it("warns of what takes long, and more of what the console would end", () => {
    expect(caution(cost, 21_600)).toBeNull();
    expect(caution({ ...cost, seconds: 3600 }, 21_600)).toMatch(/takes about 1 h 00 min\. While it runs/);
    expect(caution({ ...cost, seconds: 30_000 }, 21_600)).toMatch(/ends it after 6 h 00 min: it would end without a result/);
    expect(caution({ ...cost, seconds: 30_000 }, null)).toMatch(/While it runs/);
    expect(caution({ ...cost, seconds: null }, null)).toBeNull();
    expect(caution({ ...cost, seconds: null, strategies: 5035 }, null)).toMatch(/how long it takes here is not known/);
  });
});
