import { useEffect } from "react";
import type { JobState } from "@/lib/jobWords";

const DOTS: Record<JobState, string> = {
  waiting: "#8b9098",
  retrying: "#e2b75d",
  running: "#5b82ff",
  cancelling: "#5b82ff",
  completed: "#2fae6e",
  failed: "#ff5a4d",
  cancelled: "#8b9098",
};

/** The state of the job as a dot on the tab's icon, for the one who has ten tabs open. */
export function useFavicon(state: JobState) {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (!link) return undefined;
    const before = link.href;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#b3122a"/><path d="M6.5 24 13 8l6.5 16M9 18.5h8" fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round"/><circle cx="25" cy="25" r="7" fill="${DOTS[state]}" stroke="#fff" stroke-width="2"/></svg>`;
    link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    return () => {
      link.href = before.startsWith("data:") ? "/favicon.svg" : before;
    };
  }, [state]);
}
