import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { DataCheckView } from "./CheckViews";
import { CompareView } from "./CompareView";
import { JobReportLink } from "./JobReportLink";
import { OptimisationView } from "./OptimisationView";
import { PredictionView } from "./PredictionView";
import { ReportList } from "./ReportList";
import type { CompareSearch, ReportSearch } from "./search";
import { change, head, network, optimisation, player, prediction, show } from "./testing";

const PLAYERS = [
  player({ player: "Saka", price: 10, expected_points: 9, by_gameweek: { 25: 4, 26: 5 } }),
  player({ player: "João Pedro", position: "FWD", club: "CHE", price: 7.5, expected_points: 11, by_gameweek: { 25: 6, 26: 5 }, news: "Knock - 75% chance of playing" }),
  player({ player: "Raya", position: "GK", price: 5.9, expected_points: 7, by_gameweek: { 25: 3, 26: 4 } }),
];

/** With the address in a state of its own. */
function Prediction({ report = prediction({ players: PLAYERS }), from = {} }: { report?: ReturnType<typeof prediction>; from?: ReportSearch }) {
  const [search, setSearch] = useState<ReportSearch>(from);
  return <PredictionView stored={{ head: head({}), report }} report={report} search={search} onChange={(part) => { setSearch({ ...search, ...part }); }} />;
}

const rows = () => screen.getAllByRole("rowheader").map((cell) => cell.textContent);

describe("a prediction", () => {
  it("lists everybody, the best first, and sorts by any column from the keyboard", async () => {
    await show(() => <Prediction />);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Saka leads.");
    expect(rows().map((text) => text.slice(0, 4))).toEqual(["João", "Saka", "Raya"]);
    expect(screen.getByRole("columnheader", { name: /^Points/ })).toHaveAttribute("aria-sort", "descending");
    screen.getByRole("button", { name: /^GW26/ }).focus();
    await userEvent.keyboard("{Enter}");
    expect(screen.getByRole("columnheader", { name: /^GW26/ })).toHaveAttribute("aria-sort", "descending");
    await userEvent.click(screen.getByRole("button", { name: /^GW26/ }));
    expect(rows()[0]).toContain("Raya");
    expect(screen.getByRole("columnheader", { name: /^Points/ })).not.toHaveAttribute("aria-sort");
  });

  it("filters, counts what is left, and forgets the filters in one press", async () => {
    await show(() => <Prediction />);
    await userEvent.type(screen.getByRole("textbox", { name: "Search by the player's name" }), "joao");
    await waitFor(() => { expect(rows()).toHaveLength(1); });
    expect(screen.getByText("1 of 3 players")).toBeInTheDocument();
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Position" }), "GK");
    expect(screen.getByText("No player fits these filters.")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Clear filters" }));
    expect(rows()).toHaveLength(3);
    expect(screen.getByRole("textbox", { name: "Search by the player's name" })).toHaveValue("");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Highest price" }), "Up to £7.5m");
    expect(rows()).toHaveLength(2);
  });

  it("draws fifty rows until more are asked for", async () => {
    const players = Array.from({ length: 120 }, (_, index) => player({ player: `Player ${index}`, player_id: index }));
    await show(() => <Prediction report={prediction({ players })} />);
    expect(rows()).toHaveLength(50);
    await userEvent.click(screen.getByRole("button", { name: "Show 50 more" }));
    expect(rows()).toHaveLength(100);
    await userEvent.click(screen.getByRole("button", { name: "Show 20 more" }));
    expect(rows()).toHaveLength(120);
    await userEvent.click(screen.getByRole("button", { name: /^Price/ }));
    expect(rows()).toHaveLength(50);
  });

  it("read from the log alone has sums, and no empty columns beside them", async () => {
    await show(() => <Prediction report={prediction({ players: [player({ by_gameweek: {} })] })} />);
    expect(screen.getAllByRole("columnheader").map(({ textContent }) => textContent.split(",")[0])).toEqual(["Player", "Pos", "Club", "Price", "Points", "Per £m"]);
  });

  it("offers the table as CSV", async () => {
    await show(() => <Prediction />);
    expect(screen.getByRole("link", { name: "CSV" })).toHaveAttribute("href", "/api/reports/r1/players.csv");
  });

  it("that was not understood says from where, shows the text as text, and leads to the log's line", async () => {
    const report = prediction({ state: "not_understood", not_understood_from: 212, not_understood_text: "<b>NEW</b> wording" });
    await show(() => <Prediction report={report} />);
    expect(screen.getByRole("heading", { name: "The output was not understood from line 213 on" })).toBeInTheDocument();
    expect(screen.getByRole("region", { name: "What the program printed" })).toHaveTextContent("<b>NEW</b> wording");
    expect(screen.getByRole("link", { name: "open it at line 213" })).toHaveAttribute("href", `/jobs/${head({}).job_id}#L213`);
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "CSV" })).not.toBeInTheDocument();
  });

  it("that was not understood names what was expected beside the text, once", async () => {
    const warnings = [{ code: "other", message: "Expected the head `PREDICTED`, but found `NEW`.", line: 212 }, { code: "api_not_used", message: "The FPL API did not answer.", line: 41 }] as const;
    await show(() => <Prediction report={prediction({ state: "not_understood", not_understood_from: 212, not_understood_text: "NEW", warnings: [...warnings] })} />);
    expect(screen.getByRole("region", { name: "The output was not understood from line 213 on" })).toHaveTextContent("Expected the head");
    expect(screen.getAllByText(/Expected the head/)).toHaveLength(1);
    expect(within(screen.getByRole("region", { name: "Warning" })).getAllByRole("listitem")).toHaveLength(1);
  });

  it("names what was asked as its command's form does, and leaves out what nobody chose", async () => {
    const parameter = (name: string, label: string, initial: number) => ({ name, label, type: "int", default: initial });
    network({ "/api/commands/predict": { id: "predict", parameters: [parameter("weeks_ahead", "Gameweeks ahead", 3), parameter("epsilon", "Fading", 1)] } });
    const stored = { head: head({ parameters: { weeks_ahead: 5, epsilon: 1, gone: 7 } }), report: prediction({ players: PLAYERS }) };
    await show(() => <PredictionView stored={stored} report={stored.report} search={{}} onChange={() => undefined} />);
    expect((await screen.findByText("Gameweeks ahead")).nextElementSibling).toHaveTextContent("5");
    expect(screen.getByText("gone").nextElementSibling).toHaveTextContent("7");
    expect(screen.queryByText(/Fading|epsilon/)).not.toBeInTheDocument();
  });

  it("shows its warnings, with the line that says so", async () => {
    const report = prediction({ players: PLAYERS, warnings: [{ code: "api_not_used", message: "The FPL API did not answer.", line: 41 }, { code: "other", message: "Old.", line: null }] });
    await show(() => <Prediction report={report} />);
    const warnings = screen.getByRole("region", { name: "Warnings" });
    expect(within(warnings).getAllByRole("listitem")).toHaveLength(2);
    expect(within(warnings).getByRole("link")).toHaveAttribute("href", expect.stringMatching(/#L42$/));
  });

  it("that is not played yet says why", async () => {
    network({ "/api/reports/r1/played": { report: head({}), gameweeks: [], players: [], mean_error: null, mean_absolute_error: null, note: "Gameweek 25 has no results yet." } });
    await show(() => <Prediction from={{ tab: "played" }} />);
    expect(await screen.findByText("Gameweek 25 has no results yet.")).toBeInTheDocument();
  });
});

describe("an optimisation", () => {
  const week = { gameweek: 25, transfers_out: ["Saka", "Raya"], transfers_in: ["Palmer"], clubs_out: ["ARS", null], clubs_in: [], hit: 4, chip: "bench_boost" as const, bank: 2, expected_points: 50.1 };
  const lineup = [{ name: "Palmer", club: "CHE", position_group: "MID" as const, is_captain: true, is_vice_captain: false, expected_points: 7.25 }];
  const made = head({ type: "optimisation", headline: "Sell Saka and Raya, buy Palmer." });

  it("says what to do: who goes and who comes are two lists, with their price", async () => {
    const report = optimisation({ plan: [week], starting_lineup: lineup, summary_text: "OPTIMUM STRATEGY", baseline_points: 163.2, best_points: 178.7, points_gain: 15.5 });
    await show(() => <OptimisationView stored={{ head: made, report }} report={report} />);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Sell Saka and Raya, buy Palmer.");
    const card = screen.getByRole("article", { name: "Gameweek 25" });
    const [out, incoming] = within(card).getAllByRole("list").map((list) => within(list).getAllByRole("listitem").map(({ textContent }) => textContent));
    expect([out, incoming]).toEqual([["Saka ARS", "Raya"], ["Palmer"]]);
    for (const text of ["2 transfers, 4 points paid", "Bench Boost", "−4", "£2.0m", "50.1"]) expect(within(card).getByText(text)).toBeInTheDocument();
    const score = screen.getByRole("region", { name: "What the moves are worth" });
    for (const text of ["163.2", "178.7", "+15.5"]) expect(within(score).getByText(text)).toBeInTheDocument();
    expect(screen.getByText("OPTIMUM STRATEGY").closest("details")).not.toHaveAttribute("open");
    expect(screen.getByRole("link", { name: "Review transfers…" })).toHaveAttribute("href", "/airsenal/apply/make_transfers");
    expect(screen.getByRole("link", { name: "Review line-up…" })).toHaveAttribute("href", "/airsenal/apply/set_lineup");
  });

  it("shows on the pitch what is expected of each, and keeps AIrsenal's own words folded, with their spaces", async () => {
    const unknown = { name: "Raya", club: "ARS", position_group: "GK" as const, is_captain: false, is_vice_captain: false, expected_points: null };
    const report = optimisation({ starting_lineup: [...lineup, unknown], summary_text: "Out      In\nSaka     Palmer" });
    await show(() => <OptimisationView stored={{ head: made, report }} report={report} />);
    expect(within(screen.getByRole("list", { name: "Midfielder" })).getByText("7.3")).toBeInTheDocument();
    expect(screen.getByRole("list", { name: "Goalkeeper" })).not.toHaveTextContent(/–|points/);
    const printed = screen.getByText(/^Out +In/);
    expect(printed.tagName).toBe("PRE");
    expect(printed.textContent).toBe(report.summary_text);
    expect(printed.closest("details")).not.toHaveAttribute("open");
  });

  it("that is not the newest leads to the newer one, and offers nothing to send: that would be another", async () => {
    network({ "/api/reports/newest": { prediction: null, optimisation: head({ id: "newer", type: "optimisation", completed_at: "2026-02-06T12:00:00Z", headline: "Keep the team." }) } });
    const report = optimisation({ plan: [week], starting_lineup: lineup });
    await show(() => <OptimisationView stored={{ head: made, report }} report={report} />);
    expect(await screen.findByRole("link", { name: "Keep the team." })).toHaveAttribute("href", "/reports/newer");
    expect(screen.queryByRole("link", { name: /^Review/ })).not.toBeInTheDocument();
  });

  it("of a gameweek whose deadline has passed says so", async () => {
    network({
      "/api/secrets": [{ key: "FPL_TEAM_ID", is_set: true }],
      "/api/team/deadline": { gameweek: { id: 26, name: "Gameweek 26", deadline: "2099-01-01T00:00:00Z", is_current: false }, season_state: "running", fetched_at: "2026-02-05T12:00:00Z", stale: false },
    });
    const report = optimisation({ plan: [week] });
    await show(() => <OptimisationView stored={{ head: { ...made, season: null }, report }} report={report} />);
    expect(await screen.findByText(/Made for gameweek 25, whose deadline has passed/)).toBeInTheDocument();
  });

  it("without transfers offers none to review", async () => {
    const report = optimisation({ plan: [{ ...week, transfers_out: [], transfers_in: [], hit: 0, chip: null }], starting_lineup: lineup });
    await show(() => <OptimisationView stored={{ head: made, report }} report={report} />);
    expect(screen.getByText("No transfers")).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "Review transfers…" })).not.toBeInTheDocument();
  });

  it("from scratch is a squad to buy, not a swap", async () => {
    const report = optimisation({ new_squad: true, expected_points: 58.49, plan: [{ ...week, transfers_out: [], transfers_in: ["Palmer", "Saka"], hit: 0, chip: null }] });
    await show(() => <OptimisationView stored={{ head: made, report }} report={report} />);
    expect(screen.getByText("2 players to buy")).toBeInTheDocument();
    expect(screen.getByText("58.5")).toBeInTheDocument();
    expect(screen.queryByRole("heading", { name: "Out" })).not.toBeInTheDocument();
  });

  it("that was not understood offers nothing to apply", async () => {
    const report = optimisation({ state: "not_understood", not_understood_from: 3, plan: [week], starting_lineup: lineup });
    await show(() => <OptimisationView stored={{ head: made, report }} report={report} />);
    expect(screen.getByRole("heading", { name: /not understood from line 4/ })).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: /^Review/ })).not.toBeInTheDocument();
  });
});

describe("comparing", () => {
  function Compare() {
    const [search, setSearch] = useState<CompareSearch>({});
    return <CompareView search={search} onChange={(part) => { setSearch({ ...search, ...part }); }} />;
  }
  const pair = [head({ id: "new", headline: "Newer" }), head({ id: "odd", headline: "Odd", state: "not_understood" }), head({ id: "old", headline: "Older" })];
  const compared = (difference: number) => ({ before: pair[2], after: pair[0], gameweeks: [25], changes: [change({ difference }), change({ player: "Rice", difference: -2 })], note: "Gameweek 26 is in one of them only." });

  it("sets the newest two side by side, and swaps them", async () => {
    network({
      "/api/reports/compare?before=old&after=new": compared(1.5),
      "/api/reports/compare?before=new&after=old": compared(-1.5),
      "/api/reports?": pair,
    });
    await show(() => <Compare />);
    expect(within(await screen.findByRole("list", { name: "Players who rose" })).getByText("+1.50")).toBeInTheDocument();
    expect(within(screen.getByRole("list", { name: "Players who fell" })).getByText("−2.00")).toBeInTheDocument();
    expect(screen.getByText("Gameweek 26 is in one of them only.")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Swap" }));
    expect(await screen.findByText("Nobody rose.")).toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "Before" })).toHaveValue("new");
  });

  it("tells two with the same headline apart by their exact time, which stands first", async () => {
    const twins = [head({ id: "new", completed_at: "2026-02-05T12:00:25Z" }), head({ id: "old", completed_at: "2026-02-05T12:00:22Z" })];
    network({ "/api/reports/compare?before=old&after=new": compared(1.5), "/api/reports?": twins });
    await show(() => <Compare />);
    const [newer, older] = within(await screen.findByRole("combobox", { name: "After" })).getAllByRole("option");
    expect(newer?.textContent).toMatch(/00:25 ·/);
    expect(older?.textContent).toMatch(/00:22 ·/);
  });

  it("needs two, and says how to get a second", async () => {
    network({ "/api/reports?": [pair[0]] });
    await show(() => <Compare />);
    expect(await screen.findByText("Two predictions are needed")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Predict points" })).toHaveAttribute("href", "/commands/predict");
  });
});

it("the history shows state and warnings, and lets only understood predictions be chosen", async () => {
  const reports = [
    head({ id: "a", headline: "A", warnings: [{ code: "other", message: "Estimated data.", line: null }, { code: "other", message: "And old.", line: null }] }),
    head({ id: "b", headline: "B", state: "not_understood", not_understood_from: 4 }),
    head({ id: "c", headline: "C", type: "optimisation" }),
  ];
  await show(() => <ReportList reports={reports} chosen={new Set(["a"])} onToggle={() => undefined} />);
  const [first, second, third] = screen.getAllByRole("listitem");
  if (!first || !second || !third) throw new Error("three rows");
  expect(first).toHaveTextContent("Estimated data.and 1 more");
  expect(within(first).getByRole("checkbox", { name: "Choose to compare: A" })).toBeChecked();
  expect(second).toHaveTextContent("Not understood from line 5");
  expect(within(second).queryByRole("checkbox")).not.toBeInTheDocument();
  expect(third).toHaveTextContent("Complete");
  expect(within(third).getByRole("link", { name: /^Job/ })).toHaveAttribute("href", `/jobs/${head({}).job_id}`);
});

it("a job's link leads to its own reports only", async () => {
  network({ [`/api/reports?job_id=${head({}).job_id}`]: [head({ id: "mine" })], "/api/reports": [head({ id: "mine" }), head({ id: "other" })] });
  await show(() => <JobReportLink jobId={head({}).job_id} />);
  expect(await screen.findByRole("link", { name: "Report: prediction" })).toHaveAttribute("href", "/reports/mine");
  expect(screen.getAllByRole("link")).toHaveLength(1);
});

describe("a data check", () => {
  it("lists what failed first, and folds only what is long", async () => {
    const errors = (count: number) => Array.from({ length: count }, (_, index) => `error ${index + 1}`);
    const { warnings, ...base } = prediction({});
    const report = {
      ...base, warnings, type: "data_check" as const, passed: 1, total: 3, errors: 81,
      checks: [{ name: "seasons have 20 teams", passed: true, errors: [] }, { name: "a few", passed: false, errors: errors(21) }, { name: "many", passed: false, errors: errors(60) }],
    };
    await show(() => <DataCheckView stored={{ head: head({ type: "data_check" }), report }} report={report} />);
    expect(screen.getAllByText(/^(Passed|\d+ errors)$/).map(({ textContent }) => textContent)).toEqual(["21 errors", "60 errors", "Passed"]);
    expect(screen.getAllByText(/ more$/).map(({ textContent }) => textContent)).toEqual(["40 more"]);
  });
});
