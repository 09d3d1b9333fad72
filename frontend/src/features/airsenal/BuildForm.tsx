import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import classes from "./airsenal.module.css";
import { RunButton } from "./RunButton";

const MOST = 10;
const USUAL = 3;

/** `clean`: a try before failed and may have left something half-built. */
export function BuildForm({ clean, onStarted }: { clean: boolean; onStarted: () => void }) {
  const [seasons, setSeasons] = useState(USUAL);
  return (
    <div className={classes.formBox}>
      <NativeSelect
        className={classes.narrow} label="Past seasons" value={seasons}
        description="More take longer and help little: about half a minute each."
        data={Array.from({ length: MOST }, (_, index) => ({
          value: String(index + 1),
          label: index + 1 === USUAL ? `${USUAL} (AIrsenal's own choice)` : String(index + 1),
        }))}
        onChange={(event) => {
          setSeasons(Number(event.currentTarget.value));
        }}
      />
      <RunButton command="setup_db" parameters={{ n_previous: seasons, ...(clean ? { clean: true } : {}) }} label="Build the database" primary onStarted={onStarted} />
    </div>
  );
}
