import { Button } from "@mantine/core";
import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import { memo, type ReactNode, useState } from "react";
import { formatCount } from "@/lib/time";
import { type Column, sortRows } from "./players";
import type { Direction } from "./search";
import classes from "./table.module.css";

// So many rows are drawn at a time: all of a prediction would be ten thousand cells before anybody asked for them.
const STEP = 50;

export interface Sorting {
  id: string;
  direction: Direction;
}

interface Props<T> {
  /** What the table holds, for who cannot see where it stands. */
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  cell: (row: T, column: Column<T>) => ReactNode;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
  /** Shown in place of rows. */
  none: string;
}

/** A dense table whose heads sort it. Where it is too wide it scrolls in a box of its own; on a phone a row takes two lines or more. */
export function SortableTable<T>({ caption, columns, rows, rowKey, cell, sorting, onSort, none }: Props<T>) {
  const [shown, setShown] = useState(STEP);
  const by = columns.find(({ id }) => id === sorting.id) ?? columns[0];
  const sorted = by ? sortRows(rows, by, sorting.direction) : rows;
  const left = sorted.length - shown;
  // Another order is read from its top, and eight hundred rows that all change their place keep a phone busy.
  const sort = (next: Sorting) => {
    setShown(STEP);
    onSort(next);
  };
  return (
    <>
      <div className={classes.box} role="region" aria-label={caption} tabIndex={0}>
        <table className={classes.table}>
          <caption className={classes.spoken}>{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.id} column={column} sorted={column === by ? sorting.direction : null} onSort={sort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, shown).map((row) => (
              <Row key={rowKey(row)} row={row} columns={columns as readonly Column<unknown>[]} cell={cell as Cell} />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className={classes.none}>{none}</p>}
      </div>
      {left > 0 && (
        <div className={classes.more}>
          <span className="muted num">
            {formatCount(shown)} of {formatCount(sorted.length)}
          </span>
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              setShown(shown + STEP);
            }}
          >
            Show {Math.min(STEP, left)} more
          </Button>
          {left > STEP && (
            <Button
              variant="subtle"
              color="gray"
              size="xs"
              onClick={() => {
                setShown(sorted.length);
              }}
            >
              Show all
            </Button>
          )}
        </div>
      )}
    </>
  );
}

function Head<T>({ column, sorted, onSort }: { column: Column<T>; sorted: Direction | null; onSort: (sorting: Sorting) => void }) {
  const { id, label, title, numeric, first, instead, main } = column;
  const Icon = sorted === null ? IconArrowsSort : sorted === "ascending" ? IconArrowUp : IconArrowDown;
  return (
    <th scope="col" aria-sort={sorted ?? undefined} data-numeric={numeric || undefined} data-instead={instead} data-main={main}>
      <button
        type="button"
        title={title}
        onClick={() => {
          onSort({ id, direction: sorted === null ? first : sorted === "ascending" ? "descending" : "ascending" });
        }}
      >
        <span>{label}</span>
        {title !== undefined && <span className={classes.spoken}>, {title}</span>}
        <Icon size={12} aria-hidden="true" />
      </button>
    </th>
  );
}

type Cell = (row: unknown, column: Column<unknown>) => ReactNode;

const Row = memo(function Row({ row, columns, cell }: { row: unknown; columns: readonly Column<unknown>[]; cell: Cell }) {
  return (
    <tr>
      {columns.map((column, index) =>
        index === 0 ? (
          <th key={column.id} scope="row">
            {cell(row, column)}
          </th>
        ) : (
          <td key={column.id} data-numeric={column.numeric || undefined} data-instead={column.instead} data-main={column.main} data-label={column.label}>
            {cell(row, column)}
          </td>
        ),
      )}
    </tr>
  );
});
