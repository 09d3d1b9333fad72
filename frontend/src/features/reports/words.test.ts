import { describe, expect, it } from "vitest";
import { comparisonWords, choosePair } from "./CompareView";
import { whyWords } from "./ChangeRows";
import { verdict } from "./PlayedView";
import { readCompareSearch, readHistorySearch, readReportSearch } from "./search";
import { change, optimisation } from "./testing";
import { formatPoints, formatSigned, gainWords, gameweekWords, moveWords, seasonWords } from "./words";

describe("numbers", () => {
  it("have a sign that stands for something", () => {
    expect([formatSigned(1.239), formatSigned(-1.5, 1), formatSigned(0.001), formatSigned(-0.001), formatPoints(-0.04, 1)]).toEqual(["+1.24", "−1.5", "0.00", "0.00", "0.0"]);
  });

  it("name gameweeks and seasons", () => {
    expect([[25], [25, 26, 27], [25, 27], []].map(gameweekWords)).toEqual(["gameweek 25", "gameweeks 25 to 27", "gameweeks 25, 27", ""]);
    expect([seasonWords("2526"), seasonWords("x")]).toEqual(["2025/26", "x"]);
  });
});

describe("an optimisation in words", () => {
  it("says what the moves are worth, also when the log names only the two totals", () => {
    expect(gainWords(optimisation({ points_gain: 15.5 }))).toBe("15.5 points better than leaving the team as it is.");
    expect(gainWords(optimisation({ baseline_points: 163.2, best_points: 178.7 }))).toBe("15.5 points better than leaving the team as it is.");
    expect(gainWords(optimisation({ points_gain: 0.01 }))).toBe("No better than leaving the team as it is.");
    expect(gainWords(optimisation({ points_gain: -2 }))).toBe("2.0 points worse than leaving the team as it is.");
    expect(gainWords(optimisation({ best_points: 186 }))).toBeNull();
  });

  it("counts the moves of a gameweek and what they cost", () => {
    expect(moveWords(0, 0, 0)).toBe("No transfers");
    expect(moveWords(1, 1, 0)).toBe("1 transfer, no points paid");
    expect(moveWords(2, 2, 4)).toBe("2 transfers, 4 points paid");
    expect(moveWords(15, 0, 0)).toBe("15 transfers, no points paid");
  });
});

describe("a comparison in words", () => {
  it("names who moved most, and over what", () => {
    const changes = [change({ player: "Saka", difference: 2 }), change({ player: "Rice", difference: -3 })];
    expect(comparisonWords({ changes, gameweeks: [25, 26] })).toBe("Saka rose most (+2.00), Rice fell most (−3.00) over gameweeks 25 to 26.");
    expect(comparisonWords({ changes: [change({ difference: 0 })], gameweeks: [25] })).toBe("Nobody's expected points changed over gameweek 25.");
  });

  it("says why, and says so when nothing but the model moved", () => {
    expect(whyWords(change({ reasons: ["News: injured"] }))).toBe("News: injured");
    expect(whyWords(change({ price_before: 10, price_after: 10.1 }))).toBe("Price £10.0m → £10.1m");
    expect(whyWords(change({ price_before: 10, price_after: 10.1, reasons: ["Price up £0.1m"] }))).toBe("Price up £0.1m");
    expect(whyWords(change({ points_before: null }))).toBe("Not in the earlier prediction");
    expect(whyWords(change({}))).toBe("The model alone");
  });

  it("takes the newest two where the address leaves it open", () => {
    const predictions = ["c", "b", "a"].map((id) => ({ id }));
    expect(choosePair({}, predictions)).toEqual({ before: "b", after: "c" });
    expect(choosePair({ after: "b" }, predictions)).toEqual({ before: "a", after: "b" });
    expect(choosePair({ before: "a" }, predictions)).toEqual({ before: "a", after: "b" });
    expect(choosePair({ before: "c", after: "a" }, predictions)).toEqual({ before: "c", after: "a" });
    expect(choosePair({}, [{ id: "a" }])).toEqual({ before: undefined, after: "a" });
    expect(choosePair({ after: "a" }, predictions)).toEqual({ before: undefined, after: "a" });
  });
});

it("says how good a prediction was", () => {
  const players = [{ minutes: 90 }, { minutes: 0 }, { minutes: 10 }] as Parameters<typeof verdict>[0]["players"];
  expect(verdict({ gameweeks: [25], players, mean_error: -0.6, mean_absolute_error: 2.14 })).toBe(
    "Of 2 players who came on in gameweek 25, the prediction was off by 2.1 points each on average; overall it was too high.",
  );
  expect(verdict({ gameweeks: [25], players, mean_error: 0.01, mean_absolute_error: 2 })).toContain("neither too high nor too low");
  expect(verdict({ gameweeks: [25], players: [], mean_error: null, mean_absolute_error: null })).toContain("no error can be told");
});

it("keeps of an address what it knows and drops the rest", () => {
  expect(readHistorySearch({ type: "prediction" })).toEqual({ type: "prediction" });
  expect(readHistorySearch({ type: "odd" })).toEqual({ type: undefined });
  expect(readReportSearch({ tab: "plots", q: 12, position: "MID", club: "ARS", max: 7.5, sort: "gw25", direction: "ascending", chosen: [12, "12", "Neto (ARS)", {}] })).toEqual({
    tab: "plots", q: "12", position: "MID", club: "ARS", max: 7.5, sort: "gw25", direction: "ascending", chosen: ["12", "Neto (ARS)"],
  });
  const nothing = readReportSearch({ tab: "x", q: " ", position: "mid", max: "7", direction: "up", chosen: "12" });
  expect(Object.values(nothing).every((value) => value === undefined)).toBe(true);
  expect(readCompareSearch({ before: "a", after: 5, position: "GK" })).toEqual({ before: "a", after: "5", q: undefined, position: "GK" });
});
