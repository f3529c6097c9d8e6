// The charts of one record, and those of several, in their order. A chart is a file here and a line.
//   make(record) gives null where the record has nothing to draw.
import {arena} from './arena.js';
import {bytes} from './bytes.js';
import {caches} from './caches.js';
import {causes} from './causes.js';
import {classes} from './classes.js';
import {energy} from './energy.js';
import {energy_causes} from './energy_causes.js';
import {flame} from './flame.js';
import {latencies} from './latencies.js';
import {layer_causes} from './layer_causes.js';
import {macs} from './macs.js';
import {memories} from './memories.js';
import {pareto} from './pareto.js';
import {power} from './power.js';
import {radar} from './radar.js';
import {regions} from './regions.js';
import {roofline} from './roofline.js';
import {symbols} from './symbols.js';
import {timeline} from './timeline.js';
import {traffic} from './traffic.js';

export const ofRecord = [causes, layer_causes, flame, timeline, macs, roofline, arena, bytes, symbols, regions, traffic, caches, classes, energy, energy_causes, power];
export const ofRecords = [latencies, memories, pareto, radar];
