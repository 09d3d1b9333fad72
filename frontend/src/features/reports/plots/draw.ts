import type { PlayedPlayer, PredictedPlayer, Position } from "@/api/types";
import { splitGameweeks } from "../players";
import { POSITIONS } from "../search";
import { formatPoints, formatPrice, POSITION_WORDS } from "../words";
import type { ChartOption, Draw } from "./Chart";
import { type Colors, mix, SHAPES, textOn } from "./colors";
import { type Quartiles, quartilesOf } from "./numbers";

const NARROW = 560;
const LONGEST_NAME = 16;

function axis(colors: Colors, name: string) {
  return {
    name,
    nameLocation: "middle" as const,
    nameGap: 26,
    nameTextStyle: { color: colors.muted },
    axisLabel: { color: colors.muted },
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colors.line, opacity: 0.5 } },
  };
}

/** On a phone the positions go by their short names, or they would take two rows. */
function legend(colors: Colors, width: number) {
  const short = (name: string) => POSITIONS.find((position) => POSITION_WORDS[position] === name) ?? name;
  return { formatter: (name: string) => (width < NARROW ? short(name) : name), top: 0, left: 0, itemWidth: 12, itemHeight: 12, itemGap: 14, textStyle: { color: colors.text } };
}

interface Part {
  name: string;
  points: (player: PredictedPlayer) => number;
}

/** One bar a player, cut into gameweeks, each part with its number; uncut where only the sum is known. */
export function drawByGameweek(players: readonly PredictedPlayer[], gameweeks: readonly number[]): Draw {
  const split = splitGameweeks(gameweeks, players).map((gameweek): Part => ({ name: `GW${gameweek}`, points: ({ by_gameweek }) => by_gameweek[gameweek] ?? 0 }));
  const parts = split.length > 0 ? split : [{ name: "All gameweeks", points: ({ expected_points }: PredictedPlayer) => expected_points }];
  const cut = parts.length > 1;
  return (colors, width): ChartOption => ({
    legend: { ...legend(colors, width), show: cut, type: "scroll" },
    grid: { top: cut ? 34 : 8, left: 4, right: 36, bottom: 4, containLabel: true },
    xAxis: { type: "value", ...axis(colors, ""), axisLabel: { color: colors.muted, hideOverlap: true } },
    yAxis: {
      type: "category",
      inverse: true,
      data: players.map(({ player }) => (width < NARROW ? shorten(player) : player)),
      axisLabel: { color: colors.text, interval: 0 },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    series: parts.map(({ name, points }, index) => {
      const color = mix(colors.accent, colors.surface, (index / parts.length) * 0.85);
      return {
        type: "bar" as const,
        name,
        stack: "points",
        barMaxWidth: 22,
        itemStyle: { color, borderColor: colors.surface, borderWidth: 1 },
        label: { show: parts.length <= (width < NARROW ? 3 : 8), color: textOn(color), fontSize: 11, formatter: ({ value }: { value: unknown }) => label(value) },
        tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => sentence(players[dataIndex], name, points) },
        data: players.map((player) => Math.max(0, points(player))),
      };
    }),
  });
}

function label(value: unknown): string {
  return typeof value === "number" && value >= 0.5 ? value.toFixed(1) : "";
}

function sentence(player: PredictedPlayer | undefined, name: string, points: Part["points"]): string {
  if (!player) return "";
  return `${player.player} (${player.club ?? "no club"})\n${name}: ${formatPoints(points(player))}\nSum: ${formatPoints(player.expected_points)}`;
}

function shorten(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

const NAMED = 6;

/** Some are named, so that the picture can be read without pointing at it. */
export function drawPrice(all: readonly PredictedPlayer[]): Draw {
  // Who can expect nothing stands on the floor in hundreds.
  const players = all.filter(({ expected_points }) => expected_points > 0);
  const most = players.toSorted((a, b) => b.expected_points - a.expected_points).slice(0, NAMED);
  const named = new Set([...bestForMoney(players).slice(0, NAMED), ...most]);
  return (colors, width): ChartOption => ({
    legend: legend(colors, width),
    grid: { top: 36, left: 28, right: 24, bottom: 30, containLabel: true },
    xAxis: { type: "value", scale: true, ...axis(colors, "Price, £m") },
    yAxis: { type: "value", ...axis(colors, "Expected points") },
    series: POSITIONS.map((position) => {
      const own = players.filter((player) => player.position === position && player.price !== null);
      return {
        type: "scatter" as const,
        name: POSITION_WORDS[position],
        symbol: SHAPES[position],
        symbolSize: 8,
        itemStyle: { color: colors.positions[position], opacity: 0.7 },
        label: { show: true, position: "top" as const, color: colors.text, textBorderColor: colors.surface, textBorderWidth: 3, fontSize: 11, formatter: ({ dataIndex }: { dataIndex: number }) => nameOf(own[dataIndex], named) },
        labelLayout: { hideOverlap: true },
        tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => priceSentence(own[dataIndex]) },
        data: own.map(({ price, expected_points }) => [price ?? 0, expected_points]),
      };
    }),
  });
}

function nameOf(player: PredictedPlayer | undefined, named: ReadonlySet<PredictedPlayer>): string {
  return player && named.has(player) ? player.player : "";
}

function priceSentence(player: PredictedPlayer | undefined): string {
  return player ? `${player.player} (${player.club ?? "no club"})\n${formatPrice(player.price)}, ${formatPoints(player.expected_points)} points` : "";
}

/** Those whom nobody of the same price or cheaper beats: from the dearest, the upper edge of the cloud. */
export function bestForMoney(players: readonly PredictedPlayer[]): PredictedPlayer[] {
  const known = players.filter(({ price }) => price !== null).toSorted((a, b) => (a.price ?? 0) - (b.price ?? 0) || b.expected_points - a.expected_points);
  let best = -Infinity;
  const edge = known.filter(({ expected_points }) => {
    const better = expected_points > best;
    best = Math.max(best, expected_points);
    return better;
  });
  return edge.toReversed();
}

export function drawPositions(quartiles: Record<Position, Quartiles | null>): Draw {
  return (colors, width): ChartOption => ({
    grid: { top: 12, left: 28, right: 12, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: POSITIONS.map((position) => (width < NARROW ? position : POSITION_WORDS[position])), axisLabel: { color: colors.text, interval: 0 }, axisLine: { lineStyle: { color: colors.line } }, axisTick: { show: false } },
    yAxis: { type: "value", ...axis(colors, "Expected points") },
    series: [
      {
        type: "boxplot",
        boxWidth: [18, 60],
        tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => boxSentence(POSITIONS[dataIndex], quartiles) },
        data: POSITIONS.map((position) => {
          const found = quartiles[position];
          return {
            value: found ? [found.lowest, found.lower, found.median, found.upper, found.highest] : [],
            itemStyle: { color: mix(colors.surface, colors.positions[position], 0.22), borderColor: colors.positions[position], borderWidth: 1.5 },
          };
        }),
      },
    ],
  });
}

function boxSentence(position: Position | undefined, quartiles: Record<Position, Quartiles | null>): string {
  const found = position && quartiles[position];
  if (!found) return "";
  return `${POSITION_WORDS[position]}, ${found.count} players\nhighest ${formatPoints(found.highest)}\nupper quarter from ${formatPoints(found.upper)}\nmedian ${formatPoints(found.median)}\nlower quarter to ${formatPoints(found.lower)}\nlowest ${formatPoints(found.lowest)}`;
}

export function quartilesByPosition(players: readonly PredictedPlayer[]): Record<Position, Quartiles | null> {
  const of = (position: Position) => quartilesOf(players.filter((player) => player.position === position).map(({ expected_points }) => expected_points));
  return { GK: of("GK"), DEF: of("DEF"), MID: of("MID"), FWD: of("FWD") };
}

/** On the line, the prediction was right. */
export function drawPlayed(players: readonly PlayedPlayer[]): Draw {
  const most = Math.ceil(Math.max(1, ...players.map(({ expected_points }) => expected_points)));
  return (colors, width): ChartOption => ({
    legend: { ...legend(colors, width), data: POSITIONS.map((position) => POSITION_WORDS[position]) },
    grid: { top: 36, left: 28, right: 24, bottom: 30, containLabel: true },
    xAxis: { type: "value", min: 0, max: most, ...axis(colors, "Expected points") },
    yAxis: { type: "value", ...axis(colors, "Scored points") },
    series: [
      ...POSITIONS.map((position) => {
        const own = players.filter((player) => player.position === position);
        return {
          type: "scatter" as const,
          name: POSITION_WORDS[position],
          symbol: SHAPES[position],
          symbolSize: 8,
          itemStyle: { color: colors.positions[position], opacity: 0.7 },
          tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => playedSentence(own[dataIndex]) },
          data: own.map(({ expected_points, points }) => [expected_points, points]),
        };
      }),
      { type: "line" as const, name: "As expected", data: [[0, 0], [most, most]], symbol: "none", silent: true, lineStyle: { color: colors.muted, type: "dashed" as const, width: 1 } },
    ],
  });
}

function playedSentence(player: PlayedPlayer | undefined): string {
  if (!player) return "";
  return `${player.player} (${player.club ?? "no club"}), GW${player.gameweek}\nexpected ${formatPoints(player.expected_points)}, scored ${player.points}`;
}
