// Energy by layer.
import {interval, layerName, text, value} from '../numbers.js';

export const energy = {
  id: 'energy',
  title: 'Energy by layer',
  says: 'Of one inference.',
  make(record) {
    const layers = record.layers.filter((layer) => value(layer.energy_uj) > 0);
    if (!layers.length) return null;
    return {
      height: 70 + 18 * layers.length, says: record.energy_basis,
      option: {
        grid: {left: 170, right: 20, top: 10, bottom: 40},
        tooltip: {formatter: (at) => `${at.name}: ${text(at.value, 'uJ')}`},
        xAxis: {type: 'value', axisLabel: {formatter: (n) => text(n, 'uJ'), hideOverlap: true}},
        yAxis: {type: 'category', inverse: true, data: layers.map(layerName)},
        series: [{type: 'bar', itemStyle: {color: '#009e73'}, data: layers.map((l) => value(l.energy_uj))}],
      },
      table: {
        columns: [{title: 'layer'}, {title: 'energy', number: true, text: (n) => text(n, 'uJ')}, {title: 'interval'}],
        rows: layers.map((l) => [layerName(l), value(l.energy_uj), interval(l.energy_uj, 'uJ')]),
      },
    };
  },
};
