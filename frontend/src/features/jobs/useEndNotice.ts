import { useEffect, useRef } from "react";
import { hasEnded } from "@/api/queries";
import type { Job } from "@/api/types";
import { jobState, STATE_WORDS } from "@/lib/jobWords";
import { usePreference } from "@/lib/preferences";

export function canNotify(): boolean {
  return "Notification" in globalThis;
}

/** A notice of the browser when the job that is looked at ends, for the one who looks at something else meanwhile. */
export function useEndNotice(job: Job) {
  const [choice] = usePreference("notifyEnd");
  const ended = hasEnded(job.status);
  const wasOpen = useRef(!ended);
  const words = `${job.title}: ${STATE_WORDS[jobState(job)].toLowerCase()}`;
  const reason = job.error ?? "";
  useEffect(() => {
    const justEnded = ended && wasOpen.current;
    wasOpen.current = !ended;
    if (!justEnded || choice === "off" || !canNotify() || Notification.permission !== "granted") return;
    if (document.visibilityState === "visible" && document.hasFocus()) return;
    const notice = new Notification(words, { body: reason, tag: job.id, icon: "/favicon.svg" });
    notice.onclick = () => {
      focus();
      notice.close();
    };
  }, [ended, choice, words, reason, job.id]);
}

/** Asks for the permission when it is switched on; off by default. */
export function useNoticeSwitch(): { on: boolean; toggle: () => Promise<"on" | "off" | "refused"> } {
  const [choice, setChoice] = usePreference("notifyEnd");
  const on = choice === "on" && canNotify() && Notification.permission === "granted";
  const toggle = async () => {
    if (on) {
      setChoice("off");
      return "off";
    }
    const allowed = canNotify() && (await Notification.requestPermission()) === "granted";
    setChoice(allowed ? "on" : "off");
    return allowed ? "on" : "refused";
  };
  return { on, toggle };
}
