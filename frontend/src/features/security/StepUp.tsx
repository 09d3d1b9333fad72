import { lazy, Suspense, useEffect, useState } from "react";
import { provideConfirmation } from "@/api/stepUp";

const ConfirmDialog = lazy(() => import("./ConfirmDialog"));

/** Opens the confirmation when a request needs one, and tells it the outcome. */
export function StepUp() {
  const [answer, setAnswer] = useState<((confirmed: boolean) => void) | null>(null);
  useEffect(
    () =>
      provideConfirmation(
        () =>
          new Promise<boolean>((resolve) => {
            // Often above another dialog, to which the focus goes back.
            const opener = document.activeElement;
            setAnswer(() => (confirmed: boolean) => {
              if (opener instanceof HTMLElement) setTimeout(() => { opener.focus(); });
              resolve(confirmed);
            });
          }),
      ),
    [],
  );
  if (answer === null) return null;
  return (
    <Suspense fallback={null}>
      <ConfirmDialog
        onDone={(confirmed) => {
          setAnswer(null);
          answer(confirmed);
        }}
      />
    </Suspense>
  );
}
