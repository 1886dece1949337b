/** All views and layers by name. The root and the help know them only from here. */
import { boardView } from './board/view.ts';
import { chartsView } from './charts/view.ts';
import { eventsView } from './events/view.ts';
import { hostsView } from './hosts/view.ts';
import { jobsView } from './jobs/view.ts';
import { LAYERS } from './layers/layers.ts';
import { processesView } from './processes/view.ts';
import { stagesView } from './stages/view.ts';
import type { Layer, LayerSpec, View, ViewName } from './view.ts';

/** Their states are their own business: here they are only kept. */
export type AnyView = View<unknown>;
export type AnyLayer = Layer<LayerSpec, unknown>;

const VIEW_TABLE: Readonly<Record<ViewName, AnyView>> = {
  board: boardView,
  stages: stagesView,
  processes: processesView,
  charts: chartsView,
  events: eventsView,
  hosts: hostsView,
  jobs: jobsView,
};

export function viewNamed(name: ViewName): AnyView {
  return VIEW_TABLE[name];
}

export function layerNamed(name: LayerSpec['name']): AnyLayer {
  return LAYERS[name];
}
