import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import type { PredictedPlayer } from "@/api/types";
import { SearchField } from "@/components/SearchField";
import { formatCount } from "@/lib/time";
import { clubsOf, filterPlayers } from "./players";
import classes from "./players.module.css";
import { isFiltered, type PlayerFilter, POSITIONS } from "./search";
import { formatPrice, POSITION_WORDS } from "./words";

interface Props {
  players: readonly PredictedPlayer[];
  filter: PlayerFilter;
  onChange: (filter: PlayerFilter) => void;
}

export function PlayerFilters({ players, filter, onChange }: Props) {
  const found = filterPlayers(players, filter).length;
  return (
    <div className={classes.filters} role="search" aria-label="Players">
      <NameField
        value={filter.q ?? ""}
        onChange={(q) => {
          onChange({ ...filter, q });
        }}
      />
      <PositionSelect
        value={filter.position}
        onChange={(position) => {
          onChange({ ...filter, position });
        }}
      />
      <NativeSelect
        aria-label="Club"
        value={filter.club ?? ""}
        data={[{ value: "", label: "All clubs" }, ...withChosen(clubsOf(players), filter.club)]}
        onChange={(event) => {
          onChange({ ...filter, club: event.currentTarget.value || undefined });
        }}
      />
      <NativeSelect
        aria-label="Highest price"
        value={filter.max?.toString() ?? ""}
        data={[{ value: "", label: "Any price" }, ...priceSteps(players, filter.max).map((price) => ({ value: price.toString(), label: `Up to ${formatPrice(price)}` }))]}
        onChange={(event) => {
          onChange({ ...filter, max: event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value) });
        }}
      />
      {isFiltered(filter) && (
        <ClearButton
          onClick={() => {
            onChange({});
          }}
        >
          Clear filters
        </ClearButton>
      )}
      <span className={`${classes.count ?? ""} num`} role="status">
        {found === players.length ? `${formatCount(found)} players` : `${formatCount(found)} of ${formatCount(players.length)} players`}
      </span>
    </div>
  );
}

export function PositionSelect({ value, onChange }: { value: PlayerFilter["position"]; onChange: (position: PlayerFilter["position"]) => void }) {
  return (
    <NativeSelect
      aria-label="Position"
      value={value ?? ""}
      data={[{ value: "", label: "All positions" }, ...POSITIONS.map((position) => ({ value: position, label: POSITION_WORDS[position] }))]}
      onChange={(event) => {
        onChange(POSITIONS.find((position) => position === event.currentTarget.value));
      }}
    />
  );
}

function ClearButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className={`link ${classes.clear ?? ""}`} onClick={onClick}>
      {children}
    </button>
  );
}

function withChosen(clubs: string[], chosen: string | undefined): string[] {
  return chosen === undefined || clubs.includes(chosen) ? clubs : [chosen, ...clubs];
}

/** Every half million from the cheapest to the dearest. */
function priceSteps(players: readonly PredictedPlayer[], chosen: number | undefined): number[] {
  const prices = players.flatMap(({ price }) => price ?? []);
  if (prices.length === 0) return chosen === undefined ? [] : [chosen];
  const lowest = Math.ceil(Math.min(...prices) * 2);
  const steps = Array.from({ length: Math.ceil(Math.max(...prices) * 2) - lowest + 1 }, (_, step) => (lowest + step) / 2);
  return chosen === undefined || steps.includes(chosen) ? steps : [...steps, chosen].toSorted((a, b) => a - b);
}

export function NameField({ value, onChange }: { value: string; onChange: (value: string | undefined) => void }) {
  return (
    <SearchField value={value} onChange={onChange} placeholder="Player" label="Search by the player's name" hint="Search the players" className={classes.search} />
  );
}
