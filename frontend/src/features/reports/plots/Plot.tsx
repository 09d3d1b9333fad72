import { Button, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense, useId, useRef, useState } from "react";
import type { ChartHandle, Draw } from "./Chart";
import classes from "./plots.module.css";

// The library of plots is as large as the rest of the console: it comes when a plot does.
const Chart = lazy(() => import("./Chart"));

interface Props {
  title: string;
  /** One sentence: what is to be seen. */
  caption: string;
  draw: Draw;
  height: number;
  /** Of the picture that can be saved. */
  file: string;
  controls?: ReactNode;
  /** The same numbers, drawn when somebody asks for them; left out where the page shows them anyway. */
  table?: () => ReactNode;
}

/** A plot with all that must stand beside it: a caption, the numbers as a table, and a way to take it along. */
export function Plot({ title, caption, draw, height, file, controls, table }: Props) {
  const heading = useId();
  const chart = useRef<ChartHandle>(null);
  const [open, setOpen] = useState(false);
  const save = async () => {
    const picture = await chart.current?.picture();
    if (picture) download(picture, file);
    else notifications.show({ color: "red", message: "The plot is not drawn yet, so there is no picture to save.", autoClose: false });
  };
  return (
    <section className={classes.plot} aria-labelledby={heading}>
      <div className={classes.head}>
        <h2 id={heading}>{title}</h2>
        <Button variant="subtle" color="gray" size="xs" leftSection={<IconDownload size={14} aria-hidden="true" />} onClick={() => void save()} aria-label={`Save “${title}” as PNG`}>
          PNG
        </Button>
      </div>
      {controls}
      <figure>
        <Suspense fallback={<Skeleton height={height} radius={6} />}>
          <Chart ref={chart} draw={draw} height={height} label={`${title}. ${caption}`} />
        </Suspense>
        <figcaption>{caption}</figcaption>
      </figure>
      {table && (
      <details
        className={classes.table}
        onToggle={(event) => {
          setOpen(event.currentTarget.open);
        }}
      >
        <summary>The numbers as a table</summary>
        {open && table()}
      </details>
      )}
    </section>
  );
}

function download(content: Blob, name: string) {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
