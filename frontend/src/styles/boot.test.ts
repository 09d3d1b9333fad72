import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("the page that waits for the app has the app's colours, and its styles keep to what the content policy allows", () => {
  const colours = (file: string, scheme: "light" | "dark") => {
    const css = readFileSync(file, "utf8").split(/(?=^ *(?::root|\[data-mantine|\.boot|#root))/m);
    const dark = (rule: string) => rule.includes('="dark"');
    const rules = css.filter((rule) => dark(rule) === (scheme === "dark"));
    return new Map(rules.flatMap((rule) => [...rule.matchAll(/(--[a-z-]+):\s*(#[0-9a-f]{6})/g)]).map(([, name = "", value]) => [name, value] as const));
  };
  for (const scheme of ["light", "dark"] as const) {
    const tokens = colours("src/styles/tokens.css", scheme);
    const boot = colours("public/boot.css", scheme);
    expect([...boot.keys()].toSorted()).toEqual(["--bg", "--line", "--muted", "--surface"]);
    for (const [name, value] of boot) expect(value, `${name} ${scheme}`).toBe(tokens.get(name));
  }
  expect(readFileSync("index.html", "utf8")).not.toMatch(/ style=|<style/);
});
