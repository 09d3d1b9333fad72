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
            setAnswer(() => resolve);
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
