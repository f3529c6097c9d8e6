// Several records: latency against RAM; filled points are beaten by none in both.
import {full, text, value} from '../numbers.js';
import {titleOf} from '../titles.js';

const beats = (a, b) => a[0] <= b[0] && a[1] <= b[1] && (a[0] < b[0] || a[1] < b[1]);

export const pareto = {
  id: 'pareto',
  title: 'Latency against RAM: the Pareto front',
  says: 'Lower left is better. Diamonds are beaten by no other in both.',
  make(records) {
    const rows = records.filter((r) => value(r.latency_us) > 0 && value(r.ram_bytes) > 0);
    if (rows.length < 2) return null;
    const points = rows.map((r) => [value(r.latency_us), value(r.ram_bytes), titleOf(r)]);
    const front = points.map((p) => !points.some((other) => beats(other, p)));
    const series = (name, keep, symbol) => ({name, type: 'scatter', symbol, symbolSize: 14, data: points.filter((p, i) => front[i] === keep)});
    return {
      height: 340, patterns: false,
      option: {
        grid: {left: 80, right: 30, top: 40, bottom: 50},
        legend: {top: 0},
        tooltip: {formatter: (at) => `${at.value[2].replace(/[<>&]/g, '')}: ${text(at.value[0], 'us')}, ${text(at.value[1], 'bytes')}`},
        xAxis: {type: 'log', name: 'latency', nameLocation: 'middle', nameGap: 30, axisLabel: {formatter: (n) => text(n, 'us')}},
        yAxis: {type: 'log', name: 'RAM', axisLabel: {formatter: (n) => `${text(n, 'count')}B`}},
        series: [series('on the front', true, 'diamond'), series('beaten', false, 'circle')],
      },
      table: {
        columns: [{title: 'record'}, {title: 'latency', number: true, text: (n) => text(n, 'us')}, {title: 'RAM', number: true, text: (n) => full(n, 'bytes')}, {title: 'on the front'}],
        rows: points.map((p, i) => [p[2], p[0], p[1], front[i] ? 'yes' : 'no']),
      },
    };
  },
};
