import { IconDots, IconSearch } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { watchEvents } from "@/api/events";
import { summaryQuery } from "@/api/queries";
import { Keys } from "@/components/Keys";
import { useHotkeys } from "@/lib/hotkeys";
import { shownTimeZone } from "@/lib/time";
import { Brand } from "./Brand";
import { ConnectionBanner } from "./ConnectionBanner";
import { AT_THE_BOTTOM, GROUPS, PAGES } from "./nav";
import classes from "./shell.module.css";

// Both are opened by hand and are of no use to the first paint.
const Palette = lazy(() => import("./Palette"));
const ShortcutHelp = lazy(() => import("./ShortcutHelp"));

export function Shell() {
  const navigate = useNavigate();
  const [palette, setPalette] = useState(0);
  // Loaded at the first wish, and kept from then on: a dialog that is gone cannot give the focus back.
  const [help, setHelp] = useState<boolean | null>(null);
  const openPalette = useCallback(() => {
    setPalette((opened) => opened + 1);
  }, []);

  useHotkeys([
    { keys: "mod+k", label: "Search and go anywhere", group: "Everywhere", everywhere: true, inFields: true, run: openPalette },
    { keys: "/", label: "Search and go anywhere", group: "Everywhere", everywhere: true, run: openPalette },
    {
      keys: "?",
      label: "This help",
      group: "Everywhere",
      everywhere: true,
      run: () => {
        setHelp(true);
      },
    },
    ...PAGES.map(({ to, label, go }) => ({
      keys: `g ${go}`,
      label,
      group: "Go to",
      everywhere: true,
      run: () => void navigate({ to }),
    })),
  ]);

  const main = useRef<HTMLElement>(null);
  useFocusOnNavigation(main);
  const queryClient = useQueryClient();
  useEffect(() => watchEvents(queryClient), [queryClient]);

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <nav className={classes.sidebar} aria-label="Main">
        <Link to="/" className={classes.brand}>
          <Brand />
          <span>
            AIrsenal <b>Ops</b>
          </span>
        </Link>
        <button type="button" className={classes.search} onClick={openPalette} aria-keyshortcuts="Control+K">
          <IconSearch size={14} aria-hidden="true" />
          <span>Search…</span>
          <Keys keys="mod+k" />
        </button>
        <div className={classes.groups}>
          {GROUPS.map(({ id, title, shown }) => (
            <div key={id}>
              {shown && (
                <p className={classes.group} aria-hidden="true">
                  {title}
                </p>
              )}
              <ul className={classes.links} aria-label={title}>
                {PAGES.filter(({ group }) => group === id).map((page) => (
                  <NavLink key={page.to} page={page} />
                ))}
              </ul>
            </div>
          ))}
        </div>
        <button
          type="button"
          className={classes.helpButton}
          onClick={() => {
            setHelp(true);
          }}
        >
          Shortcuts <Keys keys="?" />
        </button>
      </nav>
      <div className={classes.top} role="region" aria-label="Top bar">
        <Link to="/" className={classes.brand}>
          <Brand />
          <span>
            AIrsenal <b>Ops</b>
          </span>
        </Link>
        <button type="button" className={classes.iconButton} onClick={openPalette} aria-label="Search">
          <IconSearch size={20} aria-hidden="true" />
        </button>
      </div>
      <div className={classes.page}>
        <ConnectionBanner />
        <main id="main" ref={main} tabIndex={-1} className={classes.main}>
          <Outlet />
        </main>
      </div>
      <nav className={classes.bottom} aria-label="Main, at the bottom">
        <ul className={classes.bottomLinks}>
          {PAGES.slice(0, AT_THE_BOTTOM).map((page) => (
            <NavLink key={page.to} page={page} />
          ))}
          <li>
            <MorePages />
          </li>
        </ul>
      </nav>
      <Suspense fallback={null}>
        {palette > 0 && <Palette opened={palette} onHelp={() => { setHelp(true); }} />}
        {help !== null && <ShortcutHelp opened={help} onClose={() => { setHelp(false); }} />}
      </Suspense>
    </div>
  );
}

function NavLink({ page: { to, label, icon: Icon, go } }: { page: (typeof PAGES)[number] }) {
  return (
    <li>
      <Link to={to} activeOptions={{ exact: to === "/", includeSearch: false }} title={`${label} (G then ${go.toUpperCase()})`}>
        <Icon size={18} stroke={1.6} aria-hidden="true" />
        <span>{label}</span>
        {to === "/jobs" && <RunningCount />}
      </Link>
    </li>
  );
}

function RunningCount() {
  const running = useQuery(summaryQuery(shownTimeZone())).data?.running ?? 0;
  if (running === 0) return null;
  return (
    <span className={classes.count}>
      {running}
      <span className={classes.spoken}> running</span>
    </span>
  );
}

/** On a phone: the pages that have no room at the bottom. The browser's own popover closes on Esc, a tap beside it, and gives the focus back. */
function MorePages() {
  const rest = PAGES.slice(AT_THE_BOTTOM);
  const open = useLocation({ select: ({ pathname }) => rest.some(({ to }) => pathname === to || pathname.startsWith(`${to}/`)) });
  const popover = useRef<HTMLUListElement>(null);
  return (
    <>
      <button type="button" className={classes.more} data-status={open ? "active" : undefined} popoverTarget="more-pages">
        <IconDots size={18} stroke={1.6} aria-hidden="true" />
        <span>More</span>
      </button>
      <ul id="more-pages" ref={popover} popover="auto" className={classes.morePages} aria-label="More pages">
        {rest.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              onClick={() => {
                popover.current?.hidePopover();
              }}
            >
              <Icon size={18} stroke={1.6} aria-hidden="true" />
              <span>{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A page change without a page load is silent to a screen reader: moving the focus to the page's start tells it. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement | null>) {
  const pathname = useLocation({ select: (location) => location.pathname });
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname, main]);
}
