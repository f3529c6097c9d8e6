// The causes of each layer, stacked.
import {full, layerName, text, value, words} from '../numbers.js';

const kMost = 7;  // causes with a colour of their own

export const layer_causes = {
  id: 'layer-causes',
  title: 'Causes, layer by layer',
  says: 'Long bars first: the layers worth a look, and what they wait for.',
  make(record) {
    const layers = record.layers.filter((layer) => value(layer.cycles) > 0);
    if (!layers.length) return null;
    const largest = Object.entries(record.causes).sort((a, b) => value(b[1]) - value(a[1])).map(([name]) => name);
    const named = largest.slice(0, kMost);
    const of = (layer, name) => value((layer.causes || {})[name]) || 0;
    const rest = (layer) => largest.slice(kMost).reduce((sum, name) => sum + of(layer, name), 0);
    const series = [...named.map((name) => ({name: words(name), data: layers.map((l) => of(l, name))})),
      ...(largest.length > kMost ? [{name: 'others', data: layers.map(rest)}] : [])];
    return {
      wide: true, height: 90 + 20 * layers.length,
      option: {
        grid: {left: 190, right: 30, top: 50, bottom: 30},
        legend: {top: 0, type: 'plain'},
        tooltip: {formatter: (at) => `${at.name}<br>${at.seriesName}: ${text(at.value, 'cycles')} cycles`},
        xAxis: {type: 'value', axisLabel: {formatter: (n) => text(n, 'cycles')}},
        yAxis: {type: 'category', inverse: true, data: layers.map(layerName)},
        series: series.map((s) => ({...s, type: 'bar', stack: 'layer'})),
      },
      table: {
        columns: [{title: 'layer'}, ...largest.map((name) => ({title: words(name), number: true, text: (n) => full(n, 'cycles')}))],
        rows: layers.map((l) => [layerName(l), ...largest.map((name) => of(l, name))]),
      },
    };
  },
};
