import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { commandsQuery, problemsQuery } from "@/api/queries";
import type { Command } from "@/api/types";
import { TouchesLabel } from "@/components/JobBits";
import { Notice } from "@/components/Notice";
import { PageHeader, Section } from "@/components/PageHeader";
import { Empty, Failure, Rows } from "@/components/PageStates";
import { Reason } from "@/features/commands/Reason";
import classes from "@/features/commands/catalogue.module.css";
import { rank } from "@/lib/fuzzy";
import { useHotkeys } from "@/lib/hotkeys";

export const Route = createFileRoute("/_app/commands/")({
  loader: ({ context }) => {
    // The page shows a failure itself.
    context.queryClient.query(commandsQuery).catch(() => undefined);
  },
  component: Catalogue,
});

const PACKS: Record<string, string> = { airsenal: "AIrsenal", system: "System" };

function Catalogue() {
  const commands = useQuery(commandsQuery);
  const problems = useQuery(problemsQuery).data ?? [];
  const [query, setQuery] = useState("");
  const search = useRef<HTMLInputElement>(null);
  useHotkeys([
    {
      keys: "/",
      label: "Filter the commands",
      group: "This page",
      run: () => search.current?.focus(),
    },
  ]);
  const found = rank(commands.data ?? [], query, (command) => [command.title, `${command.id} ${command.description}`]);
  const packs = [...Map.groupBy(found, ({ pack }) => pack)];

  return (
    <>
      <PageHeader
        title="Commands"
        tab="Commands"
        actions={
          <TextInput
            ref={search}
            value={query}
            onChange={(event) => {
              setQuery(event.currentTarget.value);
            }}
            placeholder="Filter"
            aria-label="Filter the commands"
            leftSection={<IconSearch size={14} aria-hidden="true" />}
            className={classes.filter}
            type="search"
          />
        }
      />
      {problems.length > 0 && (
        <Notice role="note">
          <p>
            <b>
              {problems.length === 1 ? "One command file is broken" : `${problems.length} faults in command files`}; its commands are left out.
            </b>
          </p>
          <ul>
            {problems.map(({ file, line, message }) => (
              <li key={`${file}${line}${message}`}>
                <code>
                  {file}
                  {line !== null && `:${line}`}
                </code>{" "}
                {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {commands.error && !commands.data && <Failure error={commands.error} retry={() => void commands.refetch()} />}
      {commands.isPending && <Rows rows={8} height={56} />}
      {commands.data && found.length === 0 && (
        <Empty title={query === "" ? "The catalogue is empty" : `No command fits “${query}”`}>
          {query === "" ? "Commands are described in YAML files; see the documentation of COMMANDS_DIR." : undefined}
        </Empty>
      )}
      {packs.map(([pack, items]) => (
        <Section key={pack} title={PACKS[pack] ?? pack} aside={<span className="muted num">{items.length}</span>}>
          <Pack commands={items} />
        </Section>
      ))}
    </>
  );
}

const SHARED_BY = 3;

/** A reason that holds for many commands of a pack is said once, above them. */
function Pack({ commands }: { commands: Command[] }) {
  const reasons = Map.groupBy(
    commands.filter(({ available }) => !available),
    ({ unavailable_reason }) => unavailable_reason,
  );
  const shared = [...reasons].filter(([reason, { length }]) => reason !== null && length >= SHARED_BY).map(([reason]) => reason);
  return (
    <>
      {shared.map((reason) => (
        <Notice key={reason} spaced>
          <b>{reasons.get(reason)?.length} of these cannot run now.</b> <Reason text={reason} />
        </Notice>
      ))}
      <ul className={classes.list}>
        {commands.map((command) => (
          <CommandRow key={command.id} command={command} said={shared.includes(command.unavailable_reason)} />
        ))}
      </ul>
    </>
  );
}

function CommandRow({ command, said }: { command: Command; said: boolean }) {
  const needed = command.secrets.filter(({ required }) => required);
  const missing = needed.filter(({ is_set }) => !is_set);
  return (
    <li>
      <Link to="/commands/$id" params={{ id: command.id }} className={classes.row} data-off={command.available ? undefined : true}>
        <span className={classes.what}>
          <span className={classes.title}>{command.title}</span>
          <code className={classes.id}>{command.id}</code>
          <span className={classes.description}>{command.description}</span>
          {!command.available && !said && (
            <span className={classes.reason}>
              Cannot run now: {command.unavailable_reason ?? missing.map(({ key }) => key).join(", ")}
            </span>
          )}
        </span>
        <span className={classes.side}>
          <TouchesLabel touches={command.touches} />
          {needed.length > 0 && (
            <span className={classes.secrets}>
              {missing.length === 0
                ? "secrets set"
                : missing.length === 1
                  ? "1 secret missing"
                  : `${missing.length} secrets missing`}
            </span>
          )}
          {said && <span className={classes.secrets}>cannot run now</span>}
        </span>
      </Link>
    </li>
  );
}
