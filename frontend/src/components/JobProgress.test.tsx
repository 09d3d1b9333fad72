import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { JobProgress } from "./JobProgress";

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const trying = { label: "Trying strategies", done: 12, total: 26, unit: "strategies", started_at: null, ends_at: null };

function show(ends_at: string | null, change = {}) {
  render(<JobProgress title="Optimise transfers" progress={{ ...trying, ends_at, ...change }} />);
  return screen.getByRole("progressbar", { name: "Optimise transfers: Trying strategies" });
}

describe("the bar of a running job", () => {
  it.each([
    [170, "12 of 26 strategies · about 3 min left"],
    [20, "12 of 26 strategies · less than a minute left"],
    [-5, "12 of 26 strategies · nearly done"],
    [4 * 3600 - 60, "12 of 26 strategies · about 4 h left"],
  ])("says what is left of %d seconds", (seconds, words) => {
    const bar = show(inSeconds(seconds));
    expect(bar).toHaveAttribute("aria-valuetext", words);
    expect(bar).toHaveAttribute("aria-valuenow", "12");
    expect(screen.getByText(words)).toBeInTheDocument();
  });

  it("counts alone while there is too little to go by, and never beyond its end", () => {
    const bar = show(null, { done: 30 });
    expect(bar).toHaveAttribute("aria-valuetext", "26 of 26 strategies");
    expect(bar.firstElementChild).toHaveStyle({ width: "100%" });
  });

  it("claims no value for a job that says nothing", () => {
    render(<JobProgress title="Optimise transfers" progress={null} />);
    const bar = screen.getByRole("progressbar", { name: "Optimise transfers" });
    expect(bar).not.toHaveAttribute("aria-valuenow");
    expect(bar).not.toHaveAttribute("aria-valuetext");
  });
});
