import { NativeSelect, TextInput } from "@mantine/core";
import { useTyped } from "@/lib/useTyped";
import classes from "./audit.module.css";
import type { AuditFilter } from "./filter";
import { eventWords, GROUPS } from "./words";

export function AuditFilters({ filter, onChange }: { filter: AuditFilter; onChange: (filter: AuditFilter) => void }) {
  const [text, setText] = useTyped(filter.text ?? "", (next) => {
    onChange({ ...filter, text: next });
  });
  const day = (name: "since" | "until", label: string) => (
    <TextInput
      type="date"
      size="xs"
      label={label}
      value={filter[name] ?? ""}
      onChange={(event) => {
        onChange({ ...filter, [name]: event.currentTarget.value || undefined });
      }}
    />
  );
  return (
    <form
      className={classes.filters}
      aria-label="Filter"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <NativeSelect
        size="xs"
        label="What happened"
        value={filter.kind ?? ""}
        data={choices(filter.kind)}
        onChange={(event) => {
          onChange({ ...filter, kind: event.currentTarget.value || undefined });
        }}
      />
      <TextInput
        size="xs"
        label="Text"
        placeholder="Secret, job id, address"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
      />
      {day("since", "From")}
      {day("until", "To")}
    </form>
  );
}

/** A group as a whole, or one of its events. An address may name one that this page does not know. */
function choices(chosen = "") {
  const groups = GROUPS.map(({ kind, label, events }) => ({
    group: label,
    items: [
      { value: kind, label: `${label}: all` },
      ...Object.entries(events).map(([event, words]) => ({ value: `${kind}.${event}`, label: words })),
    ],
  }));
  const known = chosen === "" || groups.some(({ items }) => items.some(({ value }) => value === chosen));
  return [{ value: "", label: "Everything" }, ...(known ? [] : [{ value: chosen, label: eventWords(chosen) }]), ...groups];
}
