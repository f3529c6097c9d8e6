// A flame graph without a profiler's noise: the model, its layers in the order they run, their causes.
import {full, layerName, percent, text, value, words} from '../numbers.js';

const kColours = ['#d9a441', '#e08a3c', '#d96f32', '#e6b85c', '#cf5b2e'];

const bars = (record) => {
  const total = value(record.cycles);
  const made = [{depth: 0, from: 0, to: total, name: record.model}];
  let now = 0;
  for (const layer of record.layers) {
    const cycles = value(layer.cycles) || 0;
    if (!cycles) continue;
    made.push({depth: 1, from: now, to: now + cycles, name: layerName(layer)});
    let at = now;
    for (const [name, figure] of Object.entries(layer.causes || {}).sort((a, b) => value(b[1]) - value(a[1]))) {
      made.push({depth: 2, from: at, to: at + value(figure), name: words(name), layer: layerName(layer)});
      at += value(figure);
    }
    now += cycles;
  }
  return made;
};

export const flame = {
  id: 'flame',
  title: 'Model, layers, causes: the flame graph',
  says: 'Width is cycles. Hover for figures; `assay profile` draws the graph of functions and calls.',
  make(record) {
    if (!record.layers.some((layer) => value(layer.cycles) > 0)) return null;
    const all = bars(record);
    const total = value(record.cycles);
    const bar = (parameters, api) => {
      const [left, y] = api.coord([api.value(0), api.value(2)]);
      const [right] = api.coord([api.value(1), api.value(2)]);
      const height = api.size([0, 1])[1] * 0.94;
      const width = Math.max(right - left, 0.3);
      const name = all[parameters.dataIndex].name;
      return {type: 'rect', shape: {x: left, y: y - height / 2, width, height},
        style: {fill: kColours[(parameters.dataIndex * 7) % kColours.length], stroke: '#fff', lineWidth: 0.5},
        textContent: width > 7 * name.length ? {style: {text: name, fill: '#15191e', fontSize: 11}} : undefined,
        textConfig: {position: 'inside'}};
    };
    return {
      wide: true, height: 190, patterns: false,
      option: {
        grid: {left: 10, right: 10, top: 10, bottom: 30},
        tooltip: {formatter: (at) => { const b = all[at.dataIndex]; return `${b.layer ? `${b.layer}: ` : ''}${b.name.replace(/[<>&]/g, '')}: ${text(b.to - b.from, 'cycles')} cycles, ${percent(b.to - b.from, total)}`; }},
        xAxis: {type: 'value', max: total, axisLabel: {formatter: (n) => text(n, 'cycles'), hideOverlap: true}},
        yAxis: {type: 'category', inverse: true, show: false, data: ['model', 'layer', 'cause']},
        series: [{type: 'custom', renderItem: bar, encode: {x: [0, 1], y: 2}, data: all.map((b) => [b.from, b.to, b.depth])}],
      },
      table: {
        columns: [{title: 'layer'}, {title: 'what'}, {title: 'cycles', number: true, text: (n) => full(n, 'cycles')}],
        rows: all.map((b) => [b.depth === 0 ? 'all' : b.layer || b.name, b.depth === 2 ? b.name : 'total', b.to - b.from]),
      },
    };
  },
};
