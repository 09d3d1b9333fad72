import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Pitch } from "./Pitch";
import type { PitchPlayer, Position } from "./types";

function player(name: string, position: Position, more: Partial<PitchPlayer> = {}): PitchPlayer {
  return { key: name, name, club: "ARS", position, captain: false, vice: false, points: 2, ...more };
}

const starting = [
  player("Haaland", "FWD", { captain: true, points: 7.25, detail: "£15.1m" }),
  player("Raya", "GK"),
  player("Gabriel", "DEF", { vice: true }),
  player("Timber", "DEF", { doubtful: "Knock, 75 % chance", points: null }),
  player("Rice", "MID"),
];
const bench = [player("Semenyo", "MID"), player("Dúbravka", "GK", { club: null }), player("Dorgu", "DEF")];

function names(label: string): (string | null | undefined)[] {
  return within(screen.getByRole("list", { name: label })).getAllByRole("listitem").map((item) => item.querySelector("b")?.textContent);
}

describe("the pitch", () => {
  it("draws the formation from the goalkeeper on, and the bench as it is given", () => {
    render(<Pitch starting={starting} bench={bench} label="Line-up of gameweek 25" />);
    const whole = screen.getByRole("group", { name: "Line-up of gameweek 25" });
    expect(within(whole).getAllByRole("list").map((list) => list.getAttribute("aria-label"))).toEqual([
      "Goalkeeper", "Defenders", "Midfielder", "Forward", "Bench, in order",
    ]);
    expect(names("Defenders")).toEqual(["Gabriel", "Timber"]);
    expect(names("Bench, in order")).toEqual(["Semenyo", "Dúbravka", "Dorgu"]);
    expect(screen.getByText("2. DEF")).toBeInTheDocument();
  });

  it("says in words who is captain and who may not play, and nothing of points that are not known", () => {
    render(<Pitch starting={starting} bench={[]} label="Line-up" />);
    expect(screen.getByRole("button", { name: /Captain:.*Haaland.*7\.3.*points/ })).toBeInTheDocument();
    expect(screen.getByText("Vice-captain:")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: /May not play:.*Timber/ })).not.toHaveTextContent(/points|–/);
    expect(screen.getByText("Knock, 75 % chance")).toBeInTheDocument();
  });

  it("shows no points, and no sign in their place, where the line-up has none", () => {
    render(<Pitch starting={[{ key: "Raya", name: "Raya", club: "ARS", position: "GK", captain: false, vice: false }]} bench={[]} label="Line-up" />);
    expect(screen.getByRole("listitem")).toHaveTextContent(/^RayaARS$/);
  });

  it("makes a button only of what has more to say", () => {
    render(<Pitch starting={starting} bench={bench} label="Line-up" />);
    expect(screen.getAllByRole("button")).toHaveLength(2);
    expect(screen.getByText("£15.1m").closest("[popover]")).toHaveAttribute("id", screen.getByRole("button", { name: /Haaland/ }).getAttribute("popovertarget"));
  });
});
