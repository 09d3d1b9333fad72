import { MantineProvider } from "@mantine/core";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SearchField } from "./SearchField";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function field(value: string, onChange: (value: string | undefined) => void) {
  return (
    <MantineProvider>
      <SearchField value={value} onChange={onChange} placeholder="Player" label="Search by name" hint="Search the players" />
    </MantineProvider>
  );
}

const input = () => screen.getByRole("textbox", { name: "Search by name" });
const type = (text: string) => fireEvent.change(input(), { target: { value: text } });
const wait = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

it("tells one word, not each letter, and nothing for blanks", async () => {
  const onChange = vi.fn();
  render(field("", onChange));
  for (const text of ["s", "sa", "saka "]) {
    type(text);
    await wait(100);
  }
  expect(onChange).not.toHaveBeenCalled();
  await wait(300);
  expect(onChange.mock.calls).toEqual([["saka"]]);
  type(" ");
  await wait(300);
  expect(onChange).toHaveBeenLastCalledWith(undefined);
});

it("keeps the letter that was typed while the address was still on its way", async () => {
  const onChange = vi.fn();
  const { rerender } = render(field("", onChange));
  type("sa");
  await wait(300);
  type("sak");
  rerender(field("sa", onChange));
  expect(input()).toHaveValue("sak");
  await wait(300);
  expect(onChange.mock.calls).toEqual([["sa"], ["sak"]]);
});

it("follows a change from outside, does not undo it, and follows Back as well", async () => {
  const onChange = vi.fn();
  const { rerender } = render(field("saka", onChange));
  rerender(field("", onChange));
  expect(input()).toHaveValue("");
  rerender(field("saka", onChange));
  expect(input()).toHaveValue("saka");
  await wait(1_000);
  expect(onChange).not.toHaveBeenCalled();
});

it("is reached with / and emptied with its button", async () => {
  const onChange = vi.fn();
  render(field("saka", onChange));
  fireEvent.keyDown(document.body, { key: "/" });
  expect(input()).toHaveFocus();
  fireEvent.click(screen.getByRole("button", { name: "Clear the search" }));
  await wait(300);
  expect(onChange.mock.calls).toEqual([[undefined]]);
});
