import { formatCount } from "@/lib/time";
import type { Command, Parameter, ParameterValue, ParameterValues } from "@/api/types";

/** What a field holds while it is edited: text as typed (numbers too, so that "1." can be typed), or a switch. */
export type FieldValue = string | boolean;
export type FormValues = Record<string, FieldValue>;

/** A chip week and its like: one value means "leave the flag out". Shown as empty, because that is what the flag will be. */
function isNotGiven(parameter: Parameter, value: unknown): boolean {
  return value === null || value === undefined || (parameter.not_given !== null && value === parameter.not_given);
}

export function fieldValue(parameter: Parameter, value: unknown): FieldValue {
  if (parameter.type === "bool") return value === true;
  if (isNotGiven(parameter, value)) return "";
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export function defaultValues(command: Command): FormValues {
  return Object.fromEntries(command.parameters.map((parameter) => [parameter.name, fieldValue(parameter, parameter.default)]));
}

/** The values of an earlier run, for "run again with changes". Secrets were never kept, so those stay empty. */
export function valuesFrom(command: Command, parameters: Record<string, unknown>): FormValues {
  return Object.fromEntries(
    command.parameters.map((parameter) => {
      const given = Object.hasOwn(parameters, parameter.name);
      if (parameter.type === "secret") return [parameter.name, ""];
      // A parameter that run left out was not given then, and must not come back as its default.
      if (!given && parameter.type !== "bool") return [parameter.name, ""];
      return [parameter.name, fieldValue(parameter, given ? parameters[parameter.name] : parameter.default)];
    }),
  );
}

/** A draft may be older than the command: only fields that still exist and still have that type are taken. */
export function withDraft(command: Command, values: FormValues, draft: Record<string, unknown> | null): FormValues {
  if (!draft) return values;
  const result = { ...values };
  for (const { name, type } of command.parameters) {
    const kept = draft[name];
    if (type === "secret" || kept === undefined) continue;
    if (type === "bool" ? typeof kept === "boolean" : typeof kept === "string") result[name] = kept as FieldValue;
  }
  return result;
}

export function draftOf(command: Command, values: FormValues): FormValues {
  const secret = new Set(command.parameters.filter(({ type }) => type === "secret").map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !secret.has(name)));
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The value to send, or undefined for one that is left out. Text that is no number is sent as it is: the server names the fault. */
function toValue(parameter: Parameter, value: FieldValue): ParameterValue | undefined {
  if (typeof value === "boolean") return value;
  const typed = isText(parameter) ? value : value.trim();
  if (typed === "") {
    // Left out, a field with a default would get that default back from the server; say plainly that nothing is given.
    return parameter.default === null || parameter.required ? undefined : (parameter.not_given ?? null);
  }
  if (isText(parameter) || parameter.type === "choice") return typed;
  return NUMBER.test(typed) ? Number(typed) : typed;
}

function isText({ type }: Parameter): boolean {
  return type === "text" || type === "secret";
}

export function toParameters(command: Command, values: FormValues): ParameterValues {
  const result: ParameterValues = {};
  for (const parameter of command.parameters) {
    const value = toValue(parameter, values[parameter.name] ?? "");
    if (value !== undefined) result[parameter.name] = value;
  }
  return result;
}

/** As `toParameters`, with every secret covered: the preview has no use for the value. */
export function toPreviewParameters(command: Command, values: FormValues): ParameterValues {
  const result = toParameters(command, values);
  for (const { name, type } of command.parameters) {
    if (type === "secret" && result[name] !== undefined) result[name] = "********";
  }
  return result;
}

/** What is plainly wrong before anything is sent. The server checks again, and more. */
export function checkValues(command: Command, values: FormValues): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const parameter of command.parameters) {
    const problem = checkValue(parameter, values[parameter.name] ?? "");
    if (problem) problems[parameter.name] = problem;
  }
  return problems;
}

function checkValue(parameter: Parameter, value: FieldValue): string | null {
  if (typeof value === "boolean") return null;
  const typed = isText(parameter) ? value : value.trim();
  if (typed === "") return parameter.required ? "This is needed." : null;
  if (parameter.type === "int" || parameter.type === "float") return checkNumber(parameter, typed);
  if (parameter.max_length !== null && [...typed].length > parameter.max_length) return `At most ${parameter.max_length} characters.`;
  return null;
}

function checkNumber({ type, min, max }: Parameter, typed: string): string | null {
  if (!NUMBER.test(typed)) return "This is not a number.";
  const number = Number(typed);
  if (type === "int" && !Number.isInteger(number)) return "This must be a whole number.";
  if (min !== null && number < min) return `The least is ${min}.`;
  if (max !== null && number > max) return `The most is ${max}.`;
  return null;
}

const LONG = 10_000;

/** Long numbers in groups, so that the zeros need not be counted. */
function limit(value: number): string {
  return value >= LONG ? formatCount(value) : String(value);
}

export function rangeWords({ type, min, max }: Parameter): string | null {
  if (type !== "int" && type !== "float") return null;
  if (min !== null && max !== null) return `${limit(min)} – ${limit(max)}`;
  if (min !== null) return `≥ ${limit(min)}`;
  if (max !== null) return `≤ ${limit(max)}`;
  return null;
}

/** One step up or down by key, held within the range; from an empty field to the default or the nearest end. */
export function stepValue(parameter: Parameter, value: string, direction: 1 | -1): string {
  const { min, max, type } = parameter;
  const clamp = (number: number) => Math.min(max ?? Infinity, Math.max(min ?? -Infinity, number));
  if (value.trim() === "") {
    const start = typeof parameter.default === "number" && parameter.default !== parameter.not_given ? parameter.default : (min ?? 0);
    return String(clamp(start));
  }
  if (!NUMBER.test(value.trim())) return value;
  const step = type === "float" ? 0.1 : 1;
  return String(clamp(Math.round((Number(value) + direction * step) * 1e9) / 1e9));
}
