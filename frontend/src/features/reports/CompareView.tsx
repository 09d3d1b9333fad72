import { Button, NativeSelect } from "@mantine/core";
import { IconArrowDownRight, IconArrowsExchange, IconArrowUpRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { comparisonQuery, predictionsQuery } from "@/api/fplQueries";
import type { Change, Comparison, ReportHead } from "@/api/types";
import { Notice } from "@/components/Notice";
import { PageHeader, Section } from "@/components/PageHeader";
import { Empty, Failure, Rows } from "@/components/PageStates";
import { formatShort } from "@/lib/time";
import { ChangeRows } from "./ChangeRows";
import classes from "./compare.module.css";
import { NameField, PositionSelect } from "./PlayerFilters";
import playerClasses from "./players.module.css";
import { filterPlayers, riseAndFall } from "./players";
import { ReportCrumbs } from "./ReportHeader";
import type { CompareSearch } from "./search";
import { formatSigned, gameweekWords } from "./words";

interface Props {
  search: CompareSearch;
  onChange: (part: CompareSearch) => void;
}

/** Who rose, who fell, by how much and why. What the address leaves open is the newest prediction and the one before it. */
export function CompareView({ search, onChange }: Props) {
  const predictions = useQuery(predictionsQuery);
  // What was not understood has no players to compare.
  const known = (predictions.data ?? []).filter(({ state }) => state === "complete");
  const pair = choosePair(search, known);
  return (
    <>
      <PageHeader title="Compare predictions" tab="Compare" above={<ReportCrumbs here="Compare" />}>
        <p>Who rose, who fell, and why: price, news, fixtures, or the model alone.</p>
      </PageHeader>
      {predictions.error && !predictions.data && (
        <Failure error={predictions.error} title="The predictions cannot be read" retry={() => void predictions.refetch()} />
      )}
      {predictions.isPending && <Rows rows={2} />}
      {predictions.data && (
        <>
          <Pickers predictions={known} {...pair} onChange={onChange} />
          {pair.before === undefined || pair.after === undefined ? (
            <Empty
              title={known.length < 2 ? "Two predictions are needed" : "Choose two predictions"}
              action={
                known.length < 2 && (
                  <Link to="/commands/$id" params={{ id: "predict" }} className="link">
                    Predict points
                  </Link>
                )
              }
            >
              {known.length < 2 && `There ${known.length === 1 ? "is only one" : "is none"} so far. Each run of “Predict points” adds one.`}
            </Empty>
          ) : pair.before === pair.after ? (
            <Empty title="That is the same prediction twice">Choose another one on either side.</Empty>
          ) : (
            <Compared before={pair.before} after={pair.after} search={search} onChange={onChange} />
          )}
        </>
      )}
    </>
  );
}

/** `predictions` are newest first. */
export function choosePair({ before, after }: CompareSearch, predictions: readonly Pick<ReportHead, "id">[]): { before: string | undefined; after: string | undefined } {
  const ids = predictions.map(({ id }) => id);
  const place = before === undefined ? -1 : ids.indexOf(before);
  // Of one that is given alone, the other is its neighbour in time.
  const later = after ?? (place > 0 ? ids[place - 1] : ids[0]);
  const at = later === undefined ? -1 : ids.indexOf(later);
  return { before: before ?? (at >= 0 ? ids[at + 1] : undefined), after: later };
}

function Pickers({ predictions, before, after, onChange }: { predictions: readonly ReportHead[]; before: string | undefined; after: string | undefined; onChange: Props["onChange"] }) {
  const now = new Date();
  // The exact time stands first: two of one afternoon often have the same headline.
  const options = predictions.map(({ id, completed_at, headline }) => ({ value: id, label: `${formatShort(new Date(completed_at), now)} · ${headline}` }));
  const picker = (name: "before" | "after", label: string, value: string | undefined) => (
    <NativeSelect
      label={label}
      value={value ?? ""}
      data={[
        ...(value === undefined ? [{ value: "", label: "Choose a prediction" }] : []),
        ...(value !== undefined && !options.some((option) => option.value === value) ? [{ value, label: value }] : []),
        ...options,
      ]}
      onChange={(event) => {
        // Both go into the address: the one that was only assumed must not move when the other does.
        onChange({ before, after, [name]: event.currentTarget.value || undefined });
      }}
    />
  );
  return (
    <div className={classes.pickers} role="group" aria-label="Predictions to compare">
      {picker("before", "Before", before)}
      <Button
        variant="default"
        leftSection={<IconArrowsExchange size={15} aria-hidden="true" />}
        disabled={before === undefined || after === undefined}
        onClick={() => {
          onChange({ before: after, after: before });
        }}
      >
        Swap
      </Button>
      {picker("after", "After", after)}
    </div>
  );
}

function Compared({ before, after, search, onChange }: Props & { before: string; after: string }) {
  const query = useQuery(comparisonQuery(before, after));
  if (query.error) return <Failure error={query.error} title="These two cannot be compared" retry={() => void query.refetch()} />;
  if (!query.data) return <Rows rows={8} />;
  return (
    // The numbers of the pair before stay until the new ones are there.
    <div aria-busy={query.isPlaceholderData || undefined} className={classes.compared}>
      <Changes comparison={query.data} search={search} onChange={onChange} />
    </div>
  );
}

function Changes({ comparison, search: { q, position }, onChange }: Props & { comparison: Comparison }) {
  const found = filterPlayers(comparison.changes, { q, position });
  const { rose, fell, same } = riseAndFall(found);
  return (
    <>
      {comparison.note && <Notice spaced>{comparison.note}</Notice>}
      {comparison.changes.length > 0 && (
        <>
          <p className={classes.verdict}>{comparisonWords(comparison)}</p>
          <div className={playerClasses.filters} role="search" aria-label="Players">
            <NameField
              value={q ?? ""}
              onChange={(value) => {
                onChange({ q: value });
              }}
            />
            <PositionSelect
              value={position}
              onChange={(value) => {
                onChange({ position: value });
              }}
            />
            <span className={`${playerClasses.count ?? ""} num`} role="status">
              {rose.length} rose, {fell.length} fell, {same} the same
            </span>
          </div>
          <div className={classes.columns}>
            <Section title="Rose">
              <ChangeRows key={`${q ?? ""} ${position ?? ""}`} changes={rose} label="Players who rose" none="Nobody rose." icon={<IconArrowUpRight size={14} aria-hidden="true" />} />
            </Section>
            <Section title="Fell">
              <ChangeRows key={`${q ?? ""} ${position ?? ""}`} changes={fell} label="Players who fell" none="Nobody fell." icon={<IconArrowDownRight size={14} aria-hidden="true" />} />
            </Section>
          </div>
        </>
      )}
    </>
  );
}

/** The two that moved most, and over which gameweeks. */
export function comparisonWords({ changes, gameweeks }: Pick<Comparison, "changes" | "gameweeks">): string {
  const { rose, fell } = riseAndFall(changes);
  const over = gameweeks.length > 0 ? ` over ${gameweekWords(gameweeks)}` : "";
  if (!rose[0] && !fell[0]) return `Nobody's expected points changed${over}.`;
  const most = (change: Change | undefined, verb: string) => (change ? `${change.player} ${verb} most (${formatSigned(change.difference)})` : null);
  return `${[most(rose[0], "rose"), most(fell[0], "fell")].filter(Boolean).join(", ")}${over}.`;
}
