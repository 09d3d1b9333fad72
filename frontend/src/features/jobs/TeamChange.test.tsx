import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Job } from "@/api/types";
import { show } from "@/features/reports/testing";
import { TeamChange } from "./TeamChange";

const sent = {
  type: "team_change", headline: "1 transfer for gameweek 25 was made; the line-up was set.",
  transfers: [{ out: "Foden", out_price: 8.3, in: "Rice", in_price: 7.5 }], agreed: "Make transfers of AIrsenal; hit 4.", report_id: "r1",
};

const after = (output: unknown) => show(() => <TeamChange job={{ output } as Job} />);

it("tells what was sent, what was agreed to, and where the suggestion is", async () => {
  await after(sent);
  expect(screen.getByText("1 transfer for gameweek 25 was made; the line-up was set.")).toBeVisible();
  expect(screen.getByRole("listitem")).toHaveTextContent("Foden (£8.3m) out, Rice (£7.5m) in");
  expect(screen.getByText("Agreed to: Make transfers of AIrsenal; hit 4.")).toBeVisible();
  expect(screen.getByRole("link", { name: "The suggestion that was shown" })).toHaveAttribute("href", "/reports/r1");
});

it("says nothing of transfers in words that are not known", async () => {
  await after({ ...sent, transfers: null, agreed: null, report_id: null });
  expect(screen.getByText(sent.headline)).toBeVisible();
  expect(screen.queryByRole("list")).toBeNull();
  expect(screen.queryByRole("link")).toBeNull();
});

it.each([null, { type: "prediction", headline: "Saka leads." }])("is nothing for another output: %j", async (output) => {
  await after(output);
  expect(screen.queryByText(/./)).toBeNull();
});
