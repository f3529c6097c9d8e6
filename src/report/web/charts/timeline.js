// One inference in time: when each layer runs.
import {layerName, text, value} from '../numbers.js';

export const timeline = {
  id: 'timeline',
  title: 'One inference in time',
  says: 'From the first layer to the last, at the target’s clock.',
  make(record) {
    const layers = record.layers.filter((layer) => value(layer.latency_us) > 0);
    if (!layers.length) return null;
    let now = 0;
    const spans = layers.map((layer) => { const from = now; now += value(layer.latency_us); return [from, now]; });
    return {
      height: 70 + 18 * layers.length,
      option: {
        grid: {left: 170, right: 20, top: 10, bottom: 40},
        tooltip: {formatter: (at) => `${at.name}: ${text(at.value, 'us')}`},
        xAxis: {type: 'value', axisLabel: {formatter: (n) => text(n, 'us'), hideOverlap: true}, max: now},
        yAxis: {type: 'category', inverse: true, data: layers.map(layerName)},
        series: [
          {type: 'bar', stack: 't', silent: true, itemStyle: {color: 'transparent', decal: {symbol: 'none'}}, data: spans.map(([from]) => from)},
          {type: 'bar', stack: 't', data: spans.map(([from, to]) => to - from)},
        ],
      },
      table: {
        columns: [{title: 'layer'}, {title: 'from', number: true, text: (n) => text(n, 'us')}, {title: 'to', number: true, text: (n) => text(n, 'us')}],
        rows: layers.map((l, i) => [layerName(l), ...spans[i]]),
      },
    };
  },
};
