import { NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { commandsQuery } from "@/api/queries";
import type { JobStatus } from "@/api/types";
import { SearchField } from "@/components/SearchField";
import { StatusIcon } from "@/components/StatusIcon";
import type { JobState } from "@/lib/jobWords";
import classes from "./history.module.css";
import { type HistorySearch, isFiltered } from "./search";

const STATES: { status: JobStatus | undefined; label: string; icon: JobState | null }[] = [
  { status: undefined, label: "All", icon: null },
  { status: "running", label: "Running", icon: "running" },
  { status: "pending", label: "Waiting", icon: "waiting" },
  { status: "completed", label: "Completed", icon: "completed" },
  { status: "failed", label: "Failed", icon: "failed" },
  { status: "cancelled", label: "Cancelled", icon: "cancelled" },
];

interface Props {
  search: HistorySearch;
  onChange: (next: HistorySearch) => void;
}

/** Every filter is in the address, so a view can be kept, sent and gone back to. */
export function FilterBar({ search, onChange }: Props) {
  const commands = useQuery(commandsQuery).data ?? [];
  const known = commands.map(({ id, title }) => ({ value: id, label: title }));
  const options = search.command !== undefined && !known.some(({ value }) => value === search.command) ? [{ value: search.command, label: search.command }, ...known] : known;
  return (
    <div className={classes.bar}>
      <nav className={classes.states} aria-label="Filter by state">
        {STATES.map(({ status, label, icon }) => (
          <Link key={label} to="/jobs" search={{ ...search, status }} activeOptions={{ exact: true }}>
            {icon && <StatusIcon state={icon} size={14} />}
            {label}
          </Link>
        ))}
      </nav>
      <div className={classes.fields} role="search">
        <SearchField
          value={search.q ?? ""}
          onChange={(q) => { onChange({ ...search, q }); }}
          placeholder="Command or job id"
          label="Search by command or job id"
          hint="Search the jobs"
          className={classes.search}
        />
        <NativeSelect
          aria-label="Command"
          value={search.command ?? ""}
          data={[{ value: "", label: "All commands" }, ...options]}
          onChange={(event) => {
            onChange({ ...search, command: event.currentTarget.value === "" ? undefined : event.currentTarget.value });
          }}
        />
        <TextInput
          label="Submitted on"
          classNames={{ root: classes.day, label: classes.dayLabel }}
          type="date"
          value={search.day ?? ""}
          onChange={(event) => {
            onChange({ ...search, day: event.currentTarget.value === "" ? undefined : event.currentTarget.value });
          }}
        />
        {search.ended !== undefined && (
          <Link to="/jobs" search={{ ...search, ended: undefined }} className={classes.chip} aria-label="Ended in the last 24 hours: remove this filter">
            Ended in the last 24 hours ×
          </Link>
        )}
        {isFiltered(search) && (
          <Link to="/jobs" className="link">
            Clear filters
          </Link>
        )}
      </div>
    </div>
  );
}
