import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBell, IconBellRinging, IconPlayerStop, IconRepeat, IconSkull } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { hasEnded } from "@/api/queries";
import type { Job } from "@/api/types";
import { useHotkeys } from "@/lib/hotkeys";
import { useNow } from "@/lib/useNow";
import classes from "./job.module.css";
import type { useCancel } from "./useCancel";
import { canNotify, useNoticeSwitch } from "./useEndNotice";

/** How long a job may take to end by itself before the console kills it; only then is a harder way offered. */
const GRACE = 12_000;

export function JobActions({ job, cancel }: { job: Job; cancel: ReturnType<typeof useCancel> }) {
  const navigate = useNavigate();
  const open = !hasEnded(job.status);
  const cancellable = open && job.cancel_requested_at === null;
  const stop = () => {
    if (cancellable && !cancel.isPending) cancel.mutate(false);
  };
  const now = useNow(open && !cancellable);
  const overdue = job.cancel_requested_at !== null && now - Date.parse(job.cancel_requested_at) > GRACE;
  const again = { to: "/commands/$id", params: { id: job.command }, search: { from: job.id } } as const;
  useHotkeys([
    ...(cancellable ? [{ keys: "c", label: "Cancel this job", group: "This page", run: stop }] : []),
    { keys: "r", label: "Run it again, with changes if need be", group: "This page", run: () => void navigate(again) },
  ]);
  return (
    <div className={classes.actions}>
      {open && canNotify() && <NoticeSwitch />}
      {open && overdue && (
        <Button
          color="red"
          leftSection={<IconSkull size={15} aria-hidden="true" />}
          loading={cancel.isPending}
          onClick={() => {
            cancel.mutate(true);
          }}
        >
          Kill now
        </Button>
      )}
      {open && !overdue && (
        <Tooltip label="Cancel this job (C)">
          <Button
            variant="default"
            leftSection={<IconPlayerStop size={15} aria-hidden="true" />}
            disabled={!cancellable}
            onClick={stop}
          >
            {cancellable ? "Cancel" : "Cancelling"}
          </Button>
        </Tooltip>
      )}
      <Tooltip label="Run it again, with changes if need be (R)">
        <Button
          variant="default"
          leftSection={<IconRepeat size={15} aria-hidden="true" />}
          renderRoot={(props) => <Link {...again} {...props} />}
        >
          Run again
        </Button>
      </Tooltip>
    </div>
  );
}

function NoticeSwitch() {
  const { on, toggle } = useNoticeSwitch();
  const label = "Notify me when a job I look at ends";
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={label}
        aria-pressed={on}
        className={classes.bell}
        onClick={() => {
          void toggle().then((result) => {
            if (result === "refused") notifications.show({ message: "The browser does not allow notifications from this page." });
          });
        }}
      >
        {on ? <IconBellRinging size={17} stroke={1.7} /> : <IconBell size={17} stroke={1.7} />}
      </ActionIcon>
    </Tooltip>
  );
}
