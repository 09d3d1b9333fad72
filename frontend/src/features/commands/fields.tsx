import { NativeSelect, PasswordInput, Switch, TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";
import type { Parameter } from "@/api/types";
import classes from "./form.module.css";
import { type FieldValue, rangeWords, stepValue } from "./values";

interface FieldProps {
  parameter: Parameter;
  value: FieldValue;
  error: string | undefined;
  onChange: (value: FieldValue) => void;
}

const WRAPPER_ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "error", "description"];

/** One parameter of a command, drawn by its type. */
export function ParameterField(props: FieldProps) {
  switch (props.parameter.type) {
    case "bool":
      return <BoolField {...props} />;
    case "choice":
      return <ChoiceField {...props} />;
    case "secret":
      return <SecretField {...props} />;
    case "int":
    case "float":
      return <NumberField {...props} />;
    case "text":
      return <TextField {...props} />;
  }
}

function common({ parameter, error }: FieldProps) {
  return {
    name: parameter.name,
    label: <Label parameter={parameter} />,
    description: parameter.help || undefined,
    error,
    inputWrapperOrder: WRAPPER_ORDER,
    required: parameter.required,
    withAsterisk: false,
  };
}

function Label({ parameter }: { parameter: Parameter }) {
  return (
    <>
      {parameter.label}
      {parameter.required && <span className={classes.needed}> needed</span>}
    </>
  );
}

/** What an empty field will mean, in the words of the command. */
function emptyWords(parameter: Parameter): string {
  if (parameter.not_given !== null) return "not played";
  return parameter.required ? "" : "not given";
}

function NumberField(props: FieldProps) {
  const { parameter, value, onChange } = props;
  const range = rangeWords(parameter);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    onChange(stepValue(parameter, String(value), event.key === "ArrowUp" ? 1 : -1));
  };
  return (
    <TextInput
      {...common(props)}
      className={classes.short}
      inputMode={parameter.type === "int" ? ((parameter.min ?? -1) >= 0 ? "numeric" : undefined) : "decimal"}
      value={String(value)}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
      onKeyDown={onKeyDown}
      placeholder={emptyWords(parameter)}
      rightSection={range && <span className={classes.range}>{range}</span>}
      rightSectionWidth={range ? `${range.length * 0.5 + 1.2}rem` : undefined}
      rightSectionPointerEvents="none"
      autoComplete="off"
    />
  );
}

function TextField(props: FieldProps) {
  const { parameter, value, onChange } = props;
  return (
    <TextInput
      {...common(props)}
      value={String(value)}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
      placeholder={emptyWords(parameter)}
      autoComplete="off"
      spellCheck={false}
    />
  );
}

function SecretField(props: FieldProps) {
  const { parameter, value, onChange } = props;
  return (
    <PasswordInput
      {...common(props)}
      value={String(value)}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
      placeholder={emptyWords(parameter)}
      // Password managers must not offer the console's own password here.
      autoComplete="one-time-code"
      visibilityToggleButtonProps={{ "aria-label": `Show ${parameter.label}` }}
    />
  );
}

function ChoiceField(props: FieldProps) {
  const { parameter, value, onChange } = props;
  const data = (parameter.choices ?? []).map((choice) => ({ value: choice, label: choice }));
  if (!parameter.required || value === "") data.unshift({ value: "", label: emptyWords(parameter) || "choose…" });
  return (
    <NativeSelect
      {...common(props)}
      className={classes.short}
      data={data}
      value={String(value)}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
    />
  );
}

function BoolField({ parameter, value, error, onChange }: FieldProps) {
  return (
    <Switch
      name={parameter.name}
      label={parameter.label}
      description={parameter.help || undefined}
      error={error}
      checked={value === true}
      onChange={(event) => {
        onChange(event.currentTarget.checked);
      }}
      size="sm"
      className={classes.switch}
    />
  );
}
