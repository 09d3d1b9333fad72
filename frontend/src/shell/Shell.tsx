import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { jobsQuery } from "@/api/queries";
import { Keys } from "@/components/Keys";
import { useHotkeys } from "@/lib/hotkeys";
import { Brand } from "./Brand";
import { ConnectionBanner } from "./ConnectionBanner";
import { PAGES } from "./nav";
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
    { keys: "mod+k", label: "Search and go anywhere", group: "Everywhere", inFields: true, run: openPalette },
    { keys: "/", label: "Search and go anywhere", group: "Everywhere", run: openPalette },
    {
      keys: "?",
      label: "This help",
      group: "Everywhere",
      run: () => {
        setHelp(true);
      },
    },
    ...PAGES.map(({ to, label, go }) => ({
      keys: `g ${go}`,
      label,
      group: "Go to",
      run: () => void navigate({ to }),
    })),
  ]);

  const main = useRef<HTMLElement>(null);
  useFocusOnNavigation(main);

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
        <NavLinks className={classes.links} />
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
        <NavLinks className={classes.bottomLinks} />
      </nav>
      <Suspense fallback={null}>
        {palette > 0 && <Palette opened={palette} onHelp={() => { setHelp(true); }} />}
        {help !== null && <ShortcutHelp opened={help} onClose={() => { setHelp(false); }} />}
      </Suspense>
    </div>
  );
}

function NavLinks({ className }: { className: string | undefined }) {
  const running = useQuery(jobsQuery({ status: "running" }, 20)).data?.length ?? 0;
  return (
    <ul className={className}>
      {PAGES.map(({ to, label, icon: Icon, go }) => (
        <li key={to}>
          <Link to={to} activeOptions={{ exact: to === "/", includeSearch: false }} title={`${label} (G then ${go.toUpperCase()})`}>
            <Icon size={18} stroke={1.6} aria-hidden="true" />
            <span>{label}</span>
            {to === "/jobs" && running > 0 && (
              <span className={classes.count}>
                {running}
                <span className={classes.spoken}> running</span>
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
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
