import { MantineProvider } from "@mantine/core";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { reportFailure, reportSuccess } from "@/api/connection";
import { ConnectionBanner } from "@/shell/ConnectionBanner";
import { ListFailure } from "./PageStates";

const list = { error: new Error("The database is slow."), data: [1], dataUpdatedAt: Date.now() - 12_000, refetch: vi.fn() };
const show = (data: unknown) => render(<MantineProvider><ConnectionBanner /><ListFailure query={{ ...list, data }} title="The jobs cannot be read" /></MantineProvider>);

afterEach(() => {
  act(reportSuccess);
});

describe("above a list that could not be read again", () => {
  it("stands why, of when the shown one is, and a way to try again", async () => {
    show([1]);
    expect(screen.getByRole("alert")).toHaveTextContent(/This list was read 1[2-9] s ago.*The database is slow/);
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(list.refetch).toHaveBeenCalledOnce();
  });

  it("stands nothing while the banner says that the console is away, unless there is no list at all", () => {
    act(() => { reportFailure("unreachable", "The console does not answer."); });
    const { unmount } = show([1]);
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(screen.getByRole("status")).toHaveTextContent(/does not answer.*Last answer (just now|\d+ s ago)\..*Next try/);
    unmount();
    show(undefined);
    expect(screen.getByRole("alert")).toHaveTextContent("The jobs cannot be read");
  });
});
