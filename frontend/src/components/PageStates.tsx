import { Button, Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { onRecovered, retryNow, useConnection } from "@/api/connection";
import { ApiError, describeError, NetworkError } from "@/api/errors";
import { isMissingPart, loadAnewWhenBack } from "@/api/parts";
import { formatRelative } from "@/lib/time";
import { useNow } from "@/lib/useNow";
import { Notice } from "./Notice";
import classes from "./states.module.css";

export function PagePending() {
  return <Rows rows={6} />;
}

/** Grey bars in the place of rows; they come only after 150 ms, so that a quick answer does not flicker. */
export function Rows({ rows, height = 40 }: { rows: number; height?: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(true);
    }, 150);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div className={classes.rows} aria-busy="true">
      <span className={classes.spoken}>Loading</span>
      {shown && Array.from({ length: rows }, (_, row) => <Skeleton key={row} height={height} radius={6} />)}
    </div>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p className={classes.title}>{title}</p>
      {children && <p className={classes.text}>{children}</p>}
      {action}
    </div>
  );
}

/** Why a part of a page could not be read, what to quote about it, and a way on. */
export function Failure({ error, retry, title }: { error: unknown; retry?: () => void; title?: string }) {
  const id = error instanceof ApiError ? error.requestId : null;
  return (
    <Notice
      tone="bad"
      role="alert"
      icon={IconAlertTriangle}
      action={
        retry && (
          <Button variant="default" size="xs" leftSection={<IconRefresh size={14} />} onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      {title && <p className={classes.title}>{title}</p>}
      <p>{describeError(error)}</p>
      {id && (
        <p className={classes.request}>
          Request <code>{id}</code>
        </p>
      )}
    </Notice>
  );
}

interface Read {
  error: unknown;
  data: unknown;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

/**
 * Above a list: why it could not be read and, when an older one is still shown, of when that is. While the banner says that
 * the console is away, it need not be said again over a list that can be read.
 */
export function ListFailure({ query: { error, data, dataUpdatedAt, refetch }, title }: { query: Read; title: string }) {
  const connection = useConnection();
  const now = useNow();
  if (!error || (data !== undefined && connection.state !== "online")) return null;
  return (
    <div className={classes.above}>
      <Failure error={error} retry={() => void refetch()} title={data === undefined ? title : `This list was read ${formatRelative(new Date(dataUpdatedAt), new Date(now))}`} />
    </div>
  );
}

export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const connection = useConnection();
  const { reset: resetQueries } = useQueryErrorResetBoundary();
  const missing = isMissingPart(error);
  const again = () => {
    if (missing && connection.state !== "online") retryNow();
    else if (missing) location.reload();
    else {
      resetQueries();
      reset();
      void router.invalidate();
    }
  };
  // An absent server comes back by itself, and then so does the page.
  useEffect(() => {
    if (missing) return loadAnewWhenBack(() => { location.reload(); });
    return error instanceof NetworkError ? onRecovered(again) : undefined;
  });
  const away = error instanceof NetworkError || (missing && connection.state !== "online");
  return (
    <main className={classes.page} id="main">
      <title>Problem · AIrsenal Ops Console</title>
      <h1>{away ? "The console does not answer" : "This page failed"}</h1>
      <Failure error={missing ? new Error("A part of this page could not be loaded.") : error} retry={again} />
      {away && <p className="muted">It is asked again by itself every few seconds.</p>}
    </main>
  );
}

export function PageNotFound() {
  return (
    <div className={classes.page}>
      <title>Not found · AIrsenal Ops Console</title>
      <h1>There is no such page</h1>
      <p className="muted">The address may be mistyped, or what it pointed to is gone.</p>
      <p className={classes.links}>
        <Link className="link" to="/">
          Dashboard
        </Link>
        <Link className="link" to="/jobs">
          Jobs
        </Link>
        <Link className="link" to="/commands">
          Commands
        </Link>
      </p>
    </div>
  );
}
