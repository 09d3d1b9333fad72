import { ActionIcon, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";

/** A button of the viewer's bars. A key in brackets belongs to the tooltip, not to the name. */
export function Tool({ label, icon, onClick, pressed }: { label: string; icon: ReactNode; onClick: () => void; pressed?: boolean }) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label.replace(/ \(.*\)$/, "")}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
