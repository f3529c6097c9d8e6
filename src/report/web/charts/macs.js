// Work against cost: how many cycles each layer pays for a multiply-accumulate.
import {full, layerName, text, value} from '../numbers.js';

export const macs = {
  id: 'macs',
  title: 'Work and its price, layer by layer',
  says: 'To the right: more multiply-accumulates; up: more cycles. Far above the others: a layer that pays too much for its work.',
  make(record) {
    const layers = record.layers.filter((layer) => value(layer.macs) > 0 && value(layer.cycles) > 0);
    if (!layers.length) return null;
    const kinds = [...new Set(layers.map((layer) => layer.op))];
    const kSymbols = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow'];
    return {
      height: 340, patterns: false,
      option: {
        grid: {left: 70, right: 30, top: 40, bottom: 50},
        legend: {top: 0},
        tooltip: {formatter: (at) => `${at.value[2]}: ${text(at.value[0], 'count')} MACs, ${text(at.value[1], 'cycles')} cycles`},
        xAxis: {type: 'log', name: 'multiply-accumulates', nameLocation: 'middle', nameGap: 30, axisLabel: {formatter: (n) => text(n, 'count')}},
        yAxis: {type: 'log', name: 'cycles', axisLabel: {formatter: (n) => text(n, 'cycles')}},
        series: kinds.map((kind, i) => ({name: kind, type: 'scatter', symbol: kSymbols[i % kSymbols.length], symbolSize: 12,
          data: layers.filter((l) => l.op === kind).map((l) => [value(l.macs), value(l.cycles), layerName(l)])})),
      },
      table: {
        columns: [{title: 'layer'}, {title: 'MACs', number: true, text: (n) => full(n, 'count')}, {title: 'cycles', number: true, text: (n) => full(n, 'cycles')},
          {title: 'cycles a MAC', number: true, text: (n) => n.toFixed(2)}],
        rows: layers.map((l) => [layerName(l), value(l.macs), value(l.cycles), value(l.cycles) / value(l.macs)]),
      },
    };
  },
};
