import { Select } from "@mantine/core";
import { Section } from "@/components/PageHeader";
import { usePreference } from "@/lib/preferences";
import { formatWithZone, isTimeZone } from "@/lib/time";
import { useNow } from "@/lib/useNow";
import classes from "./settings.module.css";

const LOCAL = "local";
const UTC = "UTC";

/** `Intl` leaves UTC out of its list in some browsers, and it is the one most asked for. */
function zones(): { value: string; label: string }[] {
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const others = Intl.supportedValuesOf("timeZone").filter((zone) => zone !== UTC);
  return [
    { value: LOCAL, label: `This browser's (${here})` },
    { value: UTC, label: UTC },
    ...others.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") })),
  ];
}

/** Every time in the console follows this. The server keeps UTC and knows nothing of it. */
export function TimeSection() {
  const [zone, setZone] = usePreference("timeZone");
  const now = useNow();
  return (
    <Section title="Time">
      <div className={classes.box}>
        <div className={classes.row}>
          <span>
            <span id="zone-label">Time zone</span>
            <br />
            <span className="muted num">Now: {formatWithZone(new Date(now))}</span>
          </span>
          <Select
            aria-labelledby="zone-label"
            className={classes.zone}
            data={zones()}
            value={isTimeZone(zone) ? zone : LOCAL}
            onChange={(value) => {
              setZone(value ?? LOCAL);
            }}
            searchable
            allowDeselect={false}
            limit={80}
            nothingFoundMessage="No such zone"
            maxDropdownHeight={280}
          />
        </div>
      </div>
    </Section>
  );
}
