import { describe, expect, it } from "vitest";
import { command, parameter } from "./testing";
import { checkValues, defaultValues, draftOf, rangeWords, stepValue, toParameters, toPreviewParameters, valuesFrom, withDraft } from "./values";

const chip = parameter({ name: "wildcard_week", type: "int", min: 0, max: 38, not_given: -1 });
const weeks = parameter({ name: "weeks_ahead", type: "int", min: 1, max: 10, default: 3 });

describe("what a form starts with and what it sends", () => {
  it("an empty chip week is not played: nothing is sent, and -1 is shown as empty", () => {
    const optimise = command([weeks, chip]);
    expect(defaultValues(optimise)).toEqual({ weeks_ahead: "3", wildcard_week: "" });
    expect(toParameters(optimise, defaultValues(optimise))).toEqual({ weeks_ahead: 3 });
    expect(defaultValues(command([parameter({ ...chip, default: -1 })]))).toEqual({ wildcard_week: "" });
  });

  it("zero is a value of its own and is sent", () => {
    expect(toParameters(command([chip]), { wildcard_week: "0" })).toEqual({ wildcard_week: 0 });
  });

  it("an emptied field with a default says so, or the default would come back", () => {
    expect(toParameters(command([weeks]), { weeks_ahead: "" })).toEqual({ weeks_ahead: null });
    expect(toParameters(command([parameter({ ...chip, default: 5 })]), { wildcard_week: "" })).toEqual({ wildcard_week: -1 });
  });

  it("sends each type as that type", () => {
    const all = command([
      parameter({ name: "a", type: "float" }),
      parameter({ name: "b", type: "bool", default: true }),
      parameter({ name: "c", type: "choice", choices: ["x", "1"] }),
      parameter({ name: "d", type: "text" }),
      parameter({ name: "e", type: "secret" }),
    ]);
    expect(toParameters(all, { a: " 0.90 ", b: false, c: "1", d: " 12 ", e: "pa ss" })).toEqual({ a: 0.9, b: false, c: "1", d: " 12 ", e: "pa ss" });
  });

  it("leaves text that is no number to the server's judgement", () => {
    expect(toParameters(command([weeks]), { weeks_ahead: "three" })).toEqual({ weeks_ahead: "three" });
  });

  it("never sends a secret to the preview", () => {
    const secret = command([parameter({ name: "key", type: "secret" })]);
    expect(toPreviewParameters(secret, { key: "hunter2" })).toEqual({ key: "********" });
    expect(toPreviewParameters(secret, { key: "" })).toEqual({});
  });
});

describe("run again with changes", () => {
  it("takes what that run was given; what it was not given stays empty; secrets are asked again", () => {
    const again = command([
      weeks,
      chip,
      parameter({ name: "epsilon", type: "float", default: 0.9 }),
      parameter({ name: "fast", type: "bool", default: true }),
      parameter({ name: "token", type: "secret" }),
    ]);
    expect(valuesFrom(again, { weeks_ahead: 5, wildcard_week: 0, token: "***", gone: 1 })).toEqual({
      weeks_ahead: "5",
      wildcard_week: "0",
      epsilon: "",
      fast: true,
      token: "",
    });
  });
});

describe("drafts", () => {
  const both = command([weeks, parameter({ name: "fast", type: "bool" }), parameter({ name: "token", type: "secret" })]);
  it("never hold a secret", () => {
    expect(draftOf(both, { weeks_ahead: "4", fast: true, token: "t" })).toEqual({ weeks_ahead: "4", fast: true });
  });

  it("fill only fields that still exist with that type", () => {
    const start = defaultValues(both);
    expect(withDraft(both, start, { weeks_ahead: "4", fast: "yes", token: "t", old: "1" })).toEqual({ ...start, weeks_ahead: "4" });
    expect(withDraft(both, start, null)).toEqual(start);
  });
});

describe("checkValues", () => {
  it.each([
    [weeks, "11", "The most is 10."],
    [weeks, "0", "The least is 1."],
    [weeks, "2.5", "This must be a whole number."],
    [weeks, "x", "This is not a number."],
    [weeks, "", null],
    [parameter({ ...weeks, required: true }), " ", "This is needed."],
    [parameter({ name: "weeks_ahead", type: "text", max_length: 3 }), "abcd", "At most 3 characters."],
    [parameter({ name: "weeks_ahead", type: "text", max_length: 3 }), "a✓😀", null],
  ])("%#", (definition, value, problem) => {
    expect(checkValues(command([definition]), { weeks_ahead: value })).toEqual(problem === null ? {} : { weeks_ahead: problem });
  });
});

describe("small helpers", () => {
  it("words a range", () => {
    expect(rangeWords(weeks)).toBe("1 – 10");
    expect(rangeWords(parameter({ type: "float", min: 0 }))).toBe("≥ 0");
    expect(rangeWords(parameter({ type: "int" }))).toBeNull();
    expect(rangeWords(parameter({ type: "text" }))).toBeNull();
  });

  it("steps within the range, from an empty field too", () => {
    expect(stepValue(weeks, "9", 1)).toBe("10");
    expect(stepValue(weeks, "10", 1)).toBe("10");
    expect(stepValue(weeks, "1", -1)).toBe("1");
    expect(stepValue(weeks, "", 1)).toBe("3");
    expect(stepValue(chip, "", 1)).toBe("0");
    expect(stepValue(parameter({ type: "float", min: 0, max: 1 }), "0.2", 1)).toBe("0.3");
    expect(stepValue(weeks, "abc", 1)).toBe("abc");
  });
});
