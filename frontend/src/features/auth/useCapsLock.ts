import { type KeyboardEvent, useState } from "react";

/** Handlers for a password field, and whether caps lock was on at the last key. */
export function useCapsLock() {
  const [capsLock, setCapsLock] = useState(false);
  const look = (event: KeyboardEvent) => {
    setCapsLock(event.getModifierState("CapsLock"));
  };
  return {
    capsLock,
    handlers: {
      onKeyDown: look,
      onKeyUp: look,
      onBlur: () => {
        setCapsLock(false);
      },
    },
  };
}
