import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from "react";
import { provideConfirmation } from "@/api/stepUp";

const ConfirmDialog = lazy(() => import("./ConfirmDialog"));
/** On the page while it is asked: styles/base.css hides every other dialog then, and shows it again as it was. */
const ASKING = "data-asking";
const FRAMES = 30;

/** Opens the confirmation when a request needs one, tells it the outcome, and leaves the focus where it was. */
export function StepUp() {
  const [answer, setAnswer] = useState<((confirmed: boolean) => void) | null>(null);
  const touched = useTouched();
  useEffect(
    () =>
      provideConfirmation(
        () =>
          new Promise<boolean>((resolve) => {
            setAnswer(() => resolve);
          }),
      ),
    [],
  );
  if (answer === null) return null;
  return (
    <Suspense fallback={null}>
      <Alone opener={touched} />
      <ConfirmDialog
        onDone={(confirmed) => {
          setAnswer(null);
          answer(confirmed);
        }}
      />
    </Suspense>
  );
}

/** Only from when the question is there: until its chunk has come, what was open stays in sight. */
function Alone({ opener }: { opener: RefObject<Element | null> }) {
  useEffect(() => {
    const { current } = opener;
    document.documentElement.toggleAttribute(ASKING, true);
    return () => {
      document.documentElement.toggleAttribute(ASKING, false);
      giveFocus(current, FRAMES);
    };
  }, [opener]);
  return null;
}

/** What was focused last. A button that waits for its request is disabled, and then nothing has the focus any more. */
function useTouched() {
  const touched = useRef<Element | null>(null);
  useEffect(() => {
    const note = ({ target }: FocusEvent) => {
      if (target instanceof Element && !document.documentElement.hasAttribute(ASKING)) touched.current = target;
    };
    document.addEventListener("focusin", note);
    return () => {
      document.removeEventListener("focusin", note);
    };
  }, []);
  return touched;
}

/** Its button is disabled until the refused request has come back; where the focus went on by itself it stays. */
function giveFocus(opener: Element | null, frames: number) {
  requestAnimationFrame(() => {
    if (!(opener instanceof HTMLElement) || !opener.isConnected || frames === 0) return;
    const { activeElement } = document;
    if (activeElement !== null && activeElement !== document.body) return;
    opener.focus();
    if (document.activeElement !== opener) giveFocus(opener, frames - 1);
  });
}
