import { NativeSelect, TextInput } from "@mantine/core";
import { useTyped } from "@/lib/useTyped";
import classes from "./audit.module.css";
import { type AuditFilter, KINDS } from "./filter";

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
        label="Kind"
        value={filter.kind ?? ""}
        data={KINDS.map(({ kind, label }) => ({ value: kind, label }))}
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
