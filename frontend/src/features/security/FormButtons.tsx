import { Button } from "@mantine/core";
import classes from "./security.module.css";

/** The end of a form in a dialog. */
export function FormButtons({ onClose, pending, verb }: { onClose: () => void; pending: boolean; verb: string }) {
  return (
    <div className={classes.buttons}>
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" color="ink" loading={pending}>
        {verb}
      </Button>
    </div>
  );
}
