import { SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { Section } from "@/components/PageHeader";
import classes from "./settings.module.css";

export function AppearanceSection() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title="Appearance">
      <div className={classes.box}>
        <div className={classes.row}>
          <span id="theme-label">Theme</span>
          <SegmentedControl
            aria-labelledby="theme-label"
            size="xs"
            value={colorScheme}
            onChange={(value) => {
              setColorScheme(value);
            }}
            data={[
              { value: "auto", label: "As the system" },
              { value: "light", label: "Light" },
              { value: "dark", label: "Dark" },
            ]}
          />
        </div>
      </div>
    </Section>
  );
}
