// Which of Grafana's types the options and the custom field settings of each panel have.
import type * as bargauge from
  "@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen";
import type * as gauge from
  "@grafana/schema/dist/esm/raw/composable/gauge/panelcfg/x/GaugePanelCfg_types.gen";
import type * as heatmap from
  "@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen";
import type * as stat from
  "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as statetimeline from
  "@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen";
import type * as table from
  "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type * as timeseries from
  "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
import type { AnnotationQuery, Dashboard, TableFieldOptions } from "@grafana/schema";

// A type as JSON has it: the text of an enumeration's value instead of its name.
export type Json<T> =
  T extends string ? (string extends T ? string : `${T}`) :
  T extends number | boolean | null | undefined ? T :
  T extends (infer Element)[] ? Json<Element>[] :
  T extends object ? { [Key in keyof T]: Json<T[Key]> } : T;

// What the Prometheus data source reads of an annotation; the schema leaves that to it.
interface PrometheusAnnotation {
  expr: string;
  step: string;
  titleFormat: string;
  textFormat: string;
  tagKeys: string;
  useValueForTime: boolean;
}

export type Whole = Omit<Json<Dashboard>, "annotations"> & {
  annotations: { list: (Json<AnnotationQuery> & PrometheusAnnotation)[] };
};

export interface Options {
  bargauge: Json<bargauge.Options>;
  gauge: Json<gauge.Options>;
  heatmap: Json<heatmap.Options>;
  stat: Json<stat.Options>;
  "state-timeline": Json<statetimeline.Options>;
  table: Json<Partial<table.Options>>;
  timeseries: Json<timeseries.Options>;
}

export interface Custom {
  "state-timeline": Json<statetimeline.FieldConfig>;
  table: Json<Partial<TableFieldOptions>>;
  timeseries: Json<timeseries.FieldConfig>;
}
