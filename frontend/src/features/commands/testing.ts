/** Builders of the form's tests. */
import type { Command, Parameter } from "@/api/types";

export function parameter(change: Partial<Parameter>): Parameter {
  return {
    name: "x",
    type: "text",
    label: change.name ?? "x",
    help: "",
    default: null,
    required: false,
    min: null,
    max: null,
    pattern: null,
    max_length: null,
    choices: null,
    not_given: null,
    ...change,
  };
}

export function command(parameters: Parameter[], change: Partial<Command> = {}): Command {
  return {
    id: "optimize",
    title: "Optimise transfers",
    description: "Best transfers.",
    pack: "airsenal",
    touches: "writes",
    lane: "airsenal",
    time_limit: 7200,
    silence_limit: 1800,
    retries: 2,
    repeatable: true,
    pty: false,
    parameters,
    secrets: [],
    available: true,
    unavailable_reason: null,
    guard: null,
    ...change,
  };
}
