import { useComputedColorScheme } from "@mantine/core";
import { BarChart, type BarSeriesOption, BoxplotChart, type BoxplotSeriesOption, LineChart, type LineSeriesOption, ScatterChart, type ScatterSeriesOption } from "echarts/charts";
import { GridComponent, type GridComponentOption, LegendComponent, type LegendComponentOption, TooltipComponent, type TooltipComponentOption } from "echarts/components";
import { type ComposeOption, type ECharts, init, use as register } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { Colors } from "./colors";
import { readColors } from "./readColors";

register([BarChart, BoxplotChart, LineChart, ScatterChart, GridComponent, LegendComponent, TooltipComponent, LabelLayout, CanvasRenderer]);

export type ChartOption = ComposeOption<
  | BarSeriesOption | BoxplotSeriesOption | LineSeriesOption | ScatterSeriesOption
  | GridComponentOption | LegendComponentOption | TooltipComponentOption
>;

/** Of the room there is, and of the theme. */
export type Draw = (colors: Colors, width: number) => ChartOption;

export interface ChartHandle {
  /** The picture as it stands, at twice its size. */
  picture: () => Promise<Blob | null>;
}

interface Props {
  draw: Draw;
  /** In pixels. */
  height: number;
  /** What it shows, for who cannot see it; the numbers are in the table below it. */
  label: string;
  ref?: Ref<ChartHandle>;
}

/**
 * Canvas only, and its hints are drawn in it: nothing here writes a style into the document. Nothing moves by itself.
 * It shares no module with the page, so that its chunk is the library and no more.
 */
export default function Chart({ draw, height, label, ref }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const scheme = useComputedColorScheme();
  useImperativeHandle(ref, () => ({ picture: () => toPicture(chart.current) }), []);
  useEffect(() => {
    if (!place.current) return undefined;
    const element = place.current;
    const made = init(element, undefined, { renderer: "canvas" });
    chart.current = made;
    const paint = () => {
      const colors = readColors(element);
      made.resize();
      made.setOption(withFrame(draw(colors, element.clientWidth), colors), { notMerge: true });
    };
    paint();
    const observer = new ResizeObserver(paint);
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [draw, height, scheme]);
  return (
    <div ref={place} role="img" aria-label={label} style={{ height, width: "100%" }} />
  );
}

function withFrame(option: ChartOption, colors: Colors): ChartOption {
  return {
    animation: false,
    backgroundColor: colors.surface,
    textStyle: { fontFamily: colors.font, color: colors.text, fontSize: 12 },
    ...option,
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: colors.surface,
      borderColor: colors.line,
      textStyle: { color: colors.text, fontFamily: colors.font, fontSize: 12 },
      trigger: "item",
    },
  };
}

function toPicture(chart: ECharts | null): Promise<Blob | null> {
  return new Promise((resolve) => {
    if (!chart) resolve(null);
    else chart.renderToCanvas({ pixelRatio: 2 }).toBlob(resolve, "image/png");
  });
}
