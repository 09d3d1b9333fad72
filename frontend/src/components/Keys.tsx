import { keyCaps } from "@/lib/hotkeys";

/** The keys of a shortcut, drawn as keys. Decoration: the label beside it says what it does. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span aria-hidden="true" className="keys">
      {keyCaps(keys).map((cap, index) => (
        <kbd key={`${cap}${index}`}>{cap}</kbd>
      ))}
    </span>
  );
}
