import { type Hotkey, useHotkeys } from "@/lib/hotkeys";
import type { LogActions } from "./Toolbar";
import type { LogView } from "./view";

/** The viewer's shortcuts; they are in the help (`?`) as long as the log is in sight. */
export function useLogKeys(view: LogView, actions: LogActions, active: boolean) {
  const key = (keys: string, label: string, run: () => void, inFields = false): Hotkey => ({ keys, label, group: "Log", run, inFields });
  const scroll = (name: string, label: string) => key(name, label, () => { view.key(name); });
  const hotkeys = [
    key("mod+f", "Search the log", actions.search, true),
    key("n", "Next match", () => void view.step(1)),
    key("shift+n", "Match before", () => void view.step(-1)),
    key("m", "Only the lines that match", actions.only),
    key("e", "First error", actions.firstError),
    key("f", "Follow the end", actions.follow),
    key("w", "Wrap long lines", actions.wrap),
    key("t", "When each line was written", actions.times),
    key("y", "Copy the selected lines, or all", actions.copy),
    key("shift+ArrowDown", "Select lines", () => { view.extend(1); }),
    key("shift+ArrowUp", "Select fewer lines, or upwards", () => { view.extend(-1); }),
    scroll("Home", "To the beginning"),
    scroll("End", "To the end, and follow it"),
    scroll("PageUp", "A page up"),
    scroll("PageDown", "A page down"),
  ];
  useHotkeys(active ? hotkeys : []);
}
