import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { commandsQuery, jobsQuery } from "@/api/queries";
import { TimeAgo } from "@/components/JobBits";
import { Keys } from "@/components/Keys";
import { StatusIcon } from "@/components/StatusIcon";
import { jobState, STATE_WORDS, shortId } from "@/lib/jobWords";
import { rank } from "@/lib/fuzzy";
import { useActions } from "./actions";
import { PAGES } from "./nav";
import classes from "./palette.module.css";

interface Entry {
  id: string;
  group: (typeof GROUPS)[number];
  label: string;
  words: string;
  left: ReactNode;
  right?: ReactNode;
  run: () => void;
}

const GROUPS = ["This job", "Recent jobs", "Run a command", "Pages", "Actions"] as const;
const SHOWN_JOBS = 6;

/** One box that goes anywhere: pages, commands to run, jobs. `opened` counts up with each wish to open it. */
export default function Palette({ opened, onHelp }: { opened: number; onHelp: () => void }) {
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const commands = useQuery(commandsQuery).data ?? [];
  const jobs = useQuery(jobsQuery({}, 50)).data ?? [];
  const actions = useActions(onHelp);

  useEffect(() => {
    spotlight.open();
  }, [opened]);

  const entries: Entry[] = [
    ...jobs.map((job): Entry => ({
      id: job.id,
      group: "Recent jobs",
      label: job.title,
      words: `${job.command} ${shortId(job.id)} ${STATE_WORDS[jobState(job)]}`,
      left: <StatusIcon state={jobState(job)} />,
      right: <TimeAgo time={job.created_at} />,
      run: () => void navigate({ to: "/jobs/$id", params: { id: job.id } }),
    })),
    ...commands.map((command): Entry => ({
      id: command.id,
      group: "Run a command",
      label: command.title,
      words: `${command.id} ${command.pack} ${command.description}`,
      left: <IconPlayerPlay size={16} stroke={1.6} />,
      right: command.available ? <code>{command.id}</code> : "not available",
      run: () => void navigate({ to: "/commands/$id", params: { id: command.id } }),
    })),
    ...PAGES.map(({ to, label, icon: Icon, words, go }): Entry => ({
      id: to,
      group: "Pages",
      label,
      words,
      left: <Icon size={16} stroke={1.6} />,
      right: <Keys keys={`g ${go}`} />,
      run: () => void navigate({ to }),
    })),
    ...actions.map(({ icon: Icon, keys, ...action }): Entry => ({
      ...action,
      left: <Icon size={16} stroke={1.6} />,
      right: keys && <Keys keys={keys} />,
    })),
  ];
  const found = rank(entries, query, ({ label, words }) => [label, words]);
  const best = (items: Entry[]) => found.findIndex((entry) => entry === items[0]);
  const groups = GROUPS.map((group) => ({ group, items: found.filter((entry) => entry.group === group) }))
    .map(({ group, items }) => ({ group, items: group === "Recent jobs" ? items.slice(0, SHOWN_JOBS) : items }))
    .filter(({ items }) => items.length > 0)
    // What fits the typed words best comes first, group by group.
    .toSorted((a, b) => (query === "" ? 0 : best(a.items) - best(b.items)));

  return (
    <Spotlight.Root query={query} onQueryChange={setQuery} clearQueryOnClose shortcut={null} removeScrollProps={{ removeScrollBar: false }} scrollable maxHeight="min(60vh, 30rem)" size="36rem" centered={false} yOffset="12vh" overlayProps={{ backgroundOpacity: 0.45, blur: 0 }} classNames={{ content: classes.content, search: classes.search, actionsGroup: classes.group }} attributes={{ content: { "aria-label": "Search and go anywhere" } }}>
      <Spotlight.Search
        placeholder="Page, command or job…"
        aria-label="Page, command or job"
        leftSection={<IconSearch size={16} aria-hidden="true" />}
      />
      <Spotlight.ActionsList>
        {groups.map(({ group, items }) => (
          <Spotlight.ActionsGroup label={group} key={group}>
            {items.map((entry) => (
              <Spotlight.Action key={`${group}${entry.id}`} onClick={entry.run} className={classes.action}>
                <span className={classes.left} aria-hidden="true">
                  {entry.left}
                </span>
                <span className={classes.label}>{entry.label}</span>
                <span className={classes.right}>{entry.right}</span>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && <Spotlight.Empty>Nothing fits “{query}”</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
