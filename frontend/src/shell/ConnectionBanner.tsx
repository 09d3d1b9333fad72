import { Button } from "@mantine/core";
import { IconCloudOff, IconPlugConnectedX } from "@tabler/icons-react";
import { lastAnswer, retryNow, useConnection } from "@/api/connection";
import { formatRelative } from "@/lib/time";
import { useNow } from "@/lib/useNow";
import classes from "./banner.module.css";

/** Says why nothing moves, and when it is tried again. What is on the page stays readable meanwhile. */
export function ConnectionBanner() {
  const connection = useConnection();
  const now = useNow(connection.state !== "online");
  // It ticks, so a screen reader must not hear it.
  const last = (
    <span aria-hidden="true" className="num">
      Last answer {formatRelative(lastAnswer(), new Date(now))}.
    </span>
  );
  return (
    <div role="status" className={classes.place}>
      {connection.state === "offline" && (
        <div className={classes.banner}>
          <IconCloudOff size={16} aria-hidden="true" />
          <span>
            <b>You are offline.</b> What you see may be old; it goes on when the network is back. {last}
          </span>
        </div>
      )}
      {(connection.state === "unreachable" || connection.state === "degraded") && (
        <div className={classes.banner}>
          <IconPlugConnectedX size={16} aria-hidden="true" />
          <span>
            <b>{connection.state === "degraded" ? connection.detail : "The console does not answer; it may be restarting."}</b>{" "}
            {last}{" "}
            <span aria-hidden="true" className="num">
              Next try in {Math.max(0, Math.ceil((connection.retryAt - now) / 1000))} s.
            </span>
          </span>
          <Button size="compact-xs" variant="default" onClick={retryNow}>
            Try now
          </Button>
        </div>
      )}
    </div>
  );
}
