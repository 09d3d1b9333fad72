import { useMantineColorScheme } from "@mantine/core";
import {
  type Icon, IconHelp, IconLogout, IconMoon, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconPlus, IconRepeat, IconSun,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { jobQuery, queueQuery } from "@/api/queries";
import { useSignOut } from "@/features/auth/useSignOut";
import { useQueueSwitch } from "@/features/dashboard/QueueNotice";
import { isCancellable, useBulkCancel } from "@/features/history/useBulk";

export interface Action {
  id: string;
  group: "This job" | "Actions";
  label: string;
  words: string;
  icon: Icon;
  keys?: string;
  run: () => void;
}

const JOB_PAGE = /^\/jobs\/([0-9a-f-]{36})$/;

/** What can be done from anywhere, and to the job whose page is open. */
export function useActions(onHelp: () => void): Action[] {
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const draining = useQuery(queueQuery).data?.draining ?? false;
  const queue = useQueueSwitch();
  const signOut = useSignOut();
  const dark = colorScheme === "dark";
  return [
    ...useJobActions(),
    { id: "new-secret", group: "Actions", label: "New secret", words: "set add password key", icon: IconPlus, run: () => void navigate({ to: "/secrets", search: { set: "*" } }) },
    {
      id: "queue",
      group: "Actions",
      label: draining ? "Resume the queue" : "Pause the queue",
      words: "drain stop start hold",
      icon: draining ? IconPlayerPlay : IconPlayerPause,
      run: () => {
        queue.mutate(!draining);
      },
    },
    {
      id: "theme",
      group: "Actions",
      label: dark ? "Light theme" : "Dark theme",
      words: "appearance colour mode",
      icon: dark ? IconSun : IconMoon,
      run: () => {
        setColorScheme(dark ? "light" : "dark");
      },
    },
    { id: "help", group: "Actions", label: "Keyboard shortcuts", words: "help keys", icon: IconHelp, keys: "?", run: onHelp },
    {
      id: "sign-out",
      group: "Actions",
      label: "Sign out",
      words: "log out leave end session",
      icon: IconLogout,
      run: () => {
        signOut.mutate();
      },
    },
  ];
}

function useJobActions(): Action[] {
  const id = useLocation({ select: ({ pathname }) => JOB_PAGE.exec(pathname)?.[1] });
  const navigate = useNavigate();
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== undefined }).data;
  const cancel = useBulkCancel();
  if (!job || id === undefined) return [];
  const again: Action = {
    id: "again",
    group: "This job",
    label: `Run ${job.title} again with changes`,
    words: "repeat retry clone",
    icon: IconRepeat,
    run: () => void navigate({ to: "/commands/$id", params: { id: job.command }, search: { from: job.id } }),
  };
  if (!isCancellable(job)) return [again];
  const stop: Action = {
    id: "cancel",
    group: "This job",
    label: `Cancel ${job.title}`,
    words: "stop end kill",
    icon: IconPlayerStop,
    keys: "c",
    run: () => {
      cancel.mutate([job]);
    },
  };
  return [stop, again];
}
