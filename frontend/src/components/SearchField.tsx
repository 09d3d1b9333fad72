import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useRef } from "react";
import { useHotkeys } from "@/lib/hotkeys";
import { useTyped } from "@/lib/useTyped";

interface Props {
  value: string;
  onChange: (value: string | undefined) => void;
  placeholder: string;
  /** For those who do not see the placeholder. */
  label: string;
  /** What `/` does, as the help says it. */
  hint: string;
  className?: string | undefined;
}

/** Searches while it is typed, a moment after the last letter; `/` leads here. */
export function SearchField({ value, onChange, placeholder, label, hint, className }: Props) {
  const [typed, setTyped] = useTyped(value, onChange);
  const field = useRef<HTMLInputElement>(null);
  useHotkeys([{ keys: "/", label: hint, group: "This page", run: () => field.current?.focus() }]);
  return (
    <TextInput
      ref={field}
      className={className}
      inputMode="search"
      placeholder={placeholder}
      aria-label={label}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
      }}
      leftSection={<IconSearch size={14} aria-hidden="true" />}
      rightSection={
        typed === "" ? undefined : (
          <CloseButton
            size={24}
            aria-label="Clear the search"
            onClick={() => {
              setTyped("");
              field.current?.focus();
            }}
          />
        )
      }
    />
  );
}
