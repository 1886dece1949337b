/** All layers by name. */
import type { Layer, LayerSpec } from '../view.ts';
import { helpLayer } from './help.ts';
import { hostLayer } from './host.ts';
import { logLayer } from './log.ts';
import { menuLayer } from './menu.ts';
import { orderLayer } from './order.ts';
import { outputLayer } from './output.ts';
import { promptLayer } from './prompt.ts';
import { scaleLayer } from './scale.ts';
import { verbLayer } from './verb.ts';

/** Their states are their own business. */
export const LAYERS: Readonly<Record<LayerSpec['name'], Layer<LayerSpec, unknown>>> = {
  help: helpLayer,
  menu: menuLayer,
  prompt: promptLayer,
  verb: verbLayer,
  order: orderLayer,
  scale: scaleLayer,
  host: hostLayer,
  output: outputLayer,
  log: logLayer,
};
