import { Switch } from "@mantine/core";
import { Section } from "@/components/PageHeader";
import { usePreference } from "@/lib/preferences";
import classes from "./settings.module.css";

/** WCAG 2.1.4: whoever speaks to the computer, or hits keys by chance, can switch single keys off. */
export function KeyboardSection() {
  const [singleKeys, setSingleKeys] = usePreference("singleKeys");
  return (
    <Section title="Keyboard">
      <div className={classes.box}>
        <div className={classes.row}>
          <Switch
            size="sm"
            labelPosition="left"
            label="Shortcuts of a single key"
            description="Such as j, k and ?. Combinations with Ctrl always work."
            checked={singleKeys === "on"}
            onChange={(event) => {
              setSingleKeys(event.currentTarget.checked ? "on" : "off");
            }}
            classNames={{ root: classes.switch, body: classes.switchBody, labelWrapper: classes.switchLabel }}
          />
        </div>
      </div>
    </Section>
  );
}
