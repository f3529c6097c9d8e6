// The roofline: what the part can do at most (measured by `assay bench`), and what each layer does.
// Source: Williams, Waterman, Patterson, Roofline, CACM 52 (2009).
import {layerName, text, value} from '../numbers.js';

// MAC a second, and MAC a byte that the layer loads or stores.
const speed = (layer) => (1e6 * value(layer.macs)) / value(layer.latency_us);
const intensity = (layer) => value(layer.macs) / (value(layer.load_bytes) + value(layer.store_bytes));

export const roofline = {
  id: 'roofline',
  title: 'Roofline',
  says: 'Flat line: the most multiply-accumulates a second that `assay bench` saw on this part; slopes: its streaming reads, word by word; a layer that loads several words at once may stand above.',
  make(record) {
    const points = record.layers.filter((l) => value(l.macs) > 0 && value(l.latency_us) > 0 && value(l.load_bytes) > 0);
    const peaks = (record.peaks || []).filter((p) => value(p.rate) > 0);
    const flat = peaks.filter((p) => p.kind === 'compute' && p.name.endsWith(record.layers[0].dtype));
    const slopes = peaks.filter((p) => p.kind === 'bandwidth');
    if (!points.length || !flat.length || !slopes.length) return null;
    const xs = points.map(intensity);
    const most = Math.max(...flat.map((p) => value(p.rate)));
    const left = Math.min(0.1, ...xs) / 2;
    const right = Math.max(...xs, ...slopes.map((p) => most / value(p.rate))) * 2;
    const line = (parameters, api) => {
      const [x1, y1] = api.coord([api.value(0), api.value(1)]);
      const [x2, y2] = api.coord([api.value(2), api.value(3)]);
      return {type: 'line', shape: {x1, y1, x2, y2}, style: {stroke: api.visual('color'), lineWidth: 2, lineDash: parameters.seriesIndex % 2 ? [6, 4] : undefined}};
    };
    const slope = (p) => ({name: p.name, type: 'custom', renderItem: line, data: [[left, left * value(p.rate), most / value(p.rate), most]], encode: {x: [0, 2], y: [1, 3]}});
    const roof = (p) => ({name: p.name, type: 'custom', renderItem: line, data: [[left, value(p.rate), right, value(p.rate)]], encode: {x: [0, 2], y: [1, 3]}});
    return {
      wide: true, height: 400, patterns: false,
      option: {
        grid: {left: 90, right: 30, top: 60, bottom: 50},
        legend: {top: 0},
        tooltip: {formatter: (at) => (at.value.length === 3 ? `${at.value[2]}: ${text(at.value[1], 'count')} MAC/s at ${at.value[0].toFixed(2)} MAC/B` : at.seriesName)},
        xAxis: {type: 'log', name: 'multiply-accumulates a byte loaded', nameLocation: 'middle', nameGap: 30, min: left, max: right,
          axisLabel: {formatter: (n) => Number(n.toPrecision(2)).toString(), showMinLabel: false, showMaxLabel: false}},
        yAxis: {type: 'log', name: 'MAC/s', axisLabel: {formatter: (n) => text(n, 'count')}},
        series: [...flat.map(roof), ...slopes.map(slope),
          {name: 'layers', type: 'scatter', symbolSize: 11, data: points.map((l) => [intensity(l), speed(l), layerName(l)])}],
      },
      table: {
        columns: [{title: 'what'}, {title: 'MAC/s or B/s', number: true, text: (n) => text(n, 'count')}, {title: 'MAC/B', number: true, text: (n) => n.toFixed(2)}],
        rows: [...peaks.map((p) => [p.name, value(p.rate), undefined]), ...points.map((l) => [layerName(l), speed(l), intensity(l)])],
      },
    };
  },
};
