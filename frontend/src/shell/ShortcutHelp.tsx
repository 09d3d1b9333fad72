import { Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { Keys } from "@/components/Keys";
import { listHotkeys } from "@/lib/hotkeys";
import classes from "./help.module.css";

/** Every shortcut that works on this page, read from the ones that are registered. */
export default function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  // Opened a moment after it is mounted: a dialog that is born open does not know where the focus was.
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      setShown(opened);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [opened]);
  const groups = Map.groupBy(listHotkeys(), ({ group }) => group);
  return (
    <Modal opened={shown} onClose={onClose} title="Keyboard shortcuts" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <div className={classes.groups}>
        {[...groups].map(([group, hotkeys]) => (
          <section key={group} aria-labelledby={`keys-${group}`}>
            <h3 id={`keys-${group}`}>{group}</h3>
            <dl>
              {hotkeys.map(({ keys, label }) => (
                <div key={keys}>
                  <dt>{label}</dt>
                  <dd>
                    <Keys keys={keys} />
                    <span className={classes.spoken}>{keys.replace("mod", "Control or Command")}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={classes.note}>Single keys are off while a field has the focus; Settings can switch them off for good.</p>
    </Modal>
  );
}
