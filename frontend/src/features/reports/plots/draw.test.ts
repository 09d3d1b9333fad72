import { describe, expect, it } from "vitest";
import { player } from "../testing";
import { mix, textOn } from "./colors";
import { bestForMoney, drawByGameweek, drawPlayed, drawPrice } from "./draw";
import { quartilesOf } from "./numbers";

const colors = { text: "#111", muted: "#555", line: "#ddd", surface: "#fff", accent: "#2448b8", font: "sans", positions: { GK: "#7a5200", DEF: "#2448b8", MID: "#176b40", FWD: "#b02318" } };
const series = (option: { series?: unknown }) => option.series as { name: string; data: unknown[] }[];

describe("what the plots are given", () => {
  it("is one part of a bar for each gameweek", () => {
    const drawn = series(drawByGameweek([player({ by_gameweek: { 25: 4, 26: 2 } }), player({ by_gameweek: { 26: 7 } })], [25, 26])(colors, 800));
    expect(drawn.map(({ name, data }) => [name, data])).toEqual([["GW25", [4, 0]], ["GW26", [2, 7]]]);
  });

  it("is the whole sum where a log does not part it", () => {
    const drawn = series(drawByGameweek([player({ expected_points: 20.87 })], [25, 26])(colors, 800));
    expect(drawn.map(({ name, data }) => [name, data])).toEqual([["All gameweeks", [20.87]]]);
  });

  it("is a mark for each player with a price and points, by position", () => {
    const drawn = series(drawPrice([player({ price: 10, expected_points: 5 }), player({ price: null }), player({ position: "GK", expected_points: 0 }), player({ position: "GK", price: 4, expected_points: 3 })])(colors, 300));
    expect(drawn.map(({ data }) => data)).toEqual([[[4, 3]], [], [[10, 5]], []]);
  });

  it("is expected against scored, and the line between them", () => {
    const played = { player: "Saka", player_id: 1, position: "MID" as const, club: "ARS", gameweek: 25, expected_points: 5.2, points: 12, minutes: 90 };
    const drawn = series(drawPlayed([played])(colors, 800));
    expect(drawn.find(({ name }) => name === "Midfielders")?.data).toEqual([[5.2, 12]]);
    expect(drawn.at(-1)?.data).toEqual([[0, 0], [6, 6]]);
  });
});

it("finds those whom nobody of their price or cheaper beats", () => {
  const named = (name: string, price: number | null, expected_points: number) => player({ player: name, price, expected_points });
  const best = bestForMoney([named("cheap", 4, 3), named("worse", 5, 2), named("dear", 12, 9), named("same", 12, 8), named("?", null, 20), named("mid", 6, 7)]);
  expect(best.map((one) => one.player)).toEqual(["dear", "mid", "cheap"]);
});

it("counts quartiles as spreadsheets do", () => {
  expect(quartilesOf([4, 1, 3, 2])).toEqual({ count: 4, lowest: 1, lower: 1.75, median: 2.5, upper: 3.25, highest: 4 });
  expect(quartilesOf([7])).toMatchObject({ lowest: 7, median: 7, highest: 7 });
  expect(quartilesOf([])).toBeNull();
});

it("mixes colours, also in the short form of the built page, and writes on them what can be read", () => {
  expect(mix("#000000", "#fff", 0.5)).toBe("#808080");
  expect([textOn("#2448b8"), textOn("#93adff")]).toEqual(["#ffffff", "#111111"]);
});
