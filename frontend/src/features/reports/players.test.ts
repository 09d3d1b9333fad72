import { describe, expect, it } from "vitest";
import { filterPlayers, gameweeksOf, playerColumns, playerKey, riseAndFall, sortRows } from "./players";
import { change, player } from "./testing";

const names = (players: readonly { player: string }[]) => players.map((one) => one.player);

describe("filtering", () => {
  const players = [
    player({ player: "João Pedro", position: "FWD", club: "CHE", price: 7.5 }),
    player({ player: "Ødegaard", position: "MID", club: "ARS", price: 8 }),
    player({ player: "Neto", position: "GK", club: "ARS", price: null }),
    player({ player: "Neto", position: "MID", club: "CHE", price: 7 }),
  ];

  it("finds names as they are typed, without their accents", () => {
    expect(names(filterPlayers(players, { q: "joao" }))).toEqual(["João Pedro"]);
    expect(names(filterPlayers(players, { q: "ODEG" }))).toEqual(["Ødegaard"]);
    expect(names(filterPlayers(players, { q: "pedro joão" }))).toEqual(["João Pedro"]);
    expect(filterPlayers(players, { q: "salah" })).toEqual([]);
  });

  it("takes position, club and price together; an unknown price fits no limit", () => {
    expect(filterPlayers(players, { club: "CHE", position: "MID" })).toEqual([players[3]]);
    expect(names(filterPlayers(players, { max: 7.5 }))).toEqual(["João Pedro", "Neto"]);
    expect(filterPlayers(players, {})).toHaveLength(4);
  });

  it("tells two of the same short name apart by the club", () => {
    expect(new Set(players.map(playerKey)).size).toBe(4);
    expect(playerKey(player({ player_id: 12 }))).toBe("12");
  });
});

describe("sorting", () => {
  const players = [
    player({ player: "A", price: null, by_gameweek: { 25: 2 } }),
    player({ player: "B", price: 5, by_gameweek: { 25: 10 } }),
    player({ player: "C", price: 12, by_gameweek: {} }),
    player({ player: "D", price: 5, by_gameweek: { 25: -1 } }),
  ];
  const column = (id: string) => {
    const found = playerColumns([25, 26]).find((one) => one.id === id);
    if (!found) throw new Error(id);
    return found;
  };

  it("goes both ways by number, and what is not known comes last", () => {
    expect(names(sortRows(players, column("price"), "descending"))).toEqual(["C", "B", "D", "A"]);
    expect(names(sortRows(players, column("price"), "ascending"))).toEqual(["B", "D", "C", "A"]);
    expect(names(sortRows(players, column("gw25"), "descending"))).toEqual(["B", "A", "D", "C"]);
  });

  it("puts positions as on the pitch", () => {
    const mixed = (["FWD", "GK", "MID", "DEF"] as const).map((position) => player({ player: position, position }));
    expect(names(sortRows(mixed, column("position"), "ascending"))).toEqual(["GK", "DEF", "MID", "FWD"]);
  });

  it("has a column for each gameweek of the report, or of its players when the report does not say", () => {
    expect(playerColumns([25, 27]).map(({ id }) => id)).toEqual(["player", "position", "club", "price", "points", "gw25", "gw27", "value"]);
    expect(gameweeksOf([], [player({ by_gameweek: { 27: 1, 25: 2 } }), player({ by_gameweek: { 26: 2 } })])).toEqual([25, 26, 27]);
    expect(gameweeksOf([3], [player({ by_gameweek: { 27: 1 } })])).toEqual([3]);
  });
});

it("parts the changes into who rose and who fell, those who moved most first", () => {
  const changes = [change({ player: "a", difference: 0.5 }), change({ player: "b", difference: -3 }), change({ player: "c", difference: 2 }), change({ player: "d", difference: 0.004 }), change({ player: "e", difference: -0.01 })];
  const { rose, fell, same } = riseAndFall(changes);
  expect(names(rose)).toEqual(["c", "a"]);
  expect(names(fell)).toEqual(["b", "e"]);
  expect(same).toBe(1);
});
