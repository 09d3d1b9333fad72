import {
  IconApi,
  IconBallFootball,
  IconChartDots,
  IconGauge,
  IconKey,
  IconListDetails,
  IconSettings,
  IconShieldCheck,
  IconShirtSport,
  IconTerminal2,
} from "@tabler/icons-react";

/**
 * The pages of the console, in the order of the navigation. `go` is the second key after `g`. On a phone the first four stand
 * at the bottom, the others behind "More".
 */
export const PAGES = [
  { to: "/", group: "jobs", label: "Dashboard", icon: IconGauge, go: "d", words: "home overview" },
  { to: "/commands", group: "jobs", label: "Commands", icon: IconTerminal2, go: "c", words: "run catalogue" },
  { to: "/jobs", group: "jobs", label: "Jobs", icon: IconListDetails, go: "j", words: "history runs" },
  { to: "/team", group: "fpl", label: "Team", icon: IconShirtSport, go: "t", words: "squad pitch fpl captain bench deadline injuries fixtures expected points" },
  { to: "/reports", group: "fpl", label: "Reports", icon: IconChartDots, go: "r", words: "prediction optimisation transfers plots compare csv" },
  { to: "/airsenal", group: "fpl", label: "AIrsenal", icon: IconBallFootball, go: "i", words: "set up wizard install team id login database season upgrade version chips" },
  { to: "/secrets", group: "console", label: "Secrets", icon: IconKey, go: "s", words: "passwords keys" },
  { to: "/audit", group: "console", label: "Audit", icon: IconShieldCheck, go: "u", words: "security log who changed export" },
  { to: "/settings", group: "console", label: "Settings", icon: IconSettings, go: "e", words: "theme account sign out password sessions tokens time zone retention" },
  { to: "/docs", group: "console", label: "API", icon: IconApi, go: "a", words: "swagger redoc rapidoc scalar openapi documentation" },
] as const;

/** What belongs together stands together at the side. */
export const GROUPS = [
  { id: "jobs", title: "Jobs and commands", shown: false },
  { id: "fpl", title: "Fantasy Premier League", shown: true },
  { id: "console", title: "Console", shown: true },
] as const;

export const AT_THE_BOTTOM = 4;
