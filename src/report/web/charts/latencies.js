// Several records: latency with its interval.
import {interval, text, value} from '../numbers.js';
import {titleOf} from '../titles.js';

export const latencies = {
  id: 'latencies',
  title: 'Latency, with its interval',
  says: 'The whisker is the range that published silicon allows.',
  make(records) {
    const rows = records.filter((r) => value(r.latency_us) > 0).sort((a, b) => value(a.latency_us) - value(b.latency_us));
    if (rows.length < 2) return null;
    const whisker = (parameters, api) => {
      const y = api.coord([0, api.value(0)])[1];
      const left = api.coord([api.value(1), 0])[0];
      const right = api.coord([api.value(2), 0])[0];
      const line = (x1, y1, x2, y2) => ({type: 'line', shape: {x1, y1, x2, y2}, style: {stroke: '#d55e00', lineWidth: 2}});
      return {type: 'group', children: [line(left, y, right, y), line(left, y - 4, left, y + 4), line(right, y - 4, right, y + 4)]};
    };
    return {
      wide: true, height: 70 + 24 * rows.length, patterns: false,
      option: {
        grid: {left: 230, right: 40, top: 10, bottom: 40},
        tooltip: {formatter: (at) => `${at.name}: ${text(Array.isArray(at.value) ? at.value[1] : at.value, 'us')}`},
        xAxis: {type: 'value', axisLabel: {formatter: (n) => text(n, 'us'), hideOverlap: true}},
        yAxis: {type: 'category', inverse: true, data: rows.map(titleOf)},
        series: [{type: 'bar', data: rows.map((r) => value(r.latency_us))},
          {type: 'custom', renderItem: whisker, encode: {x: [1, 2], y: 0},
            data: rows.map((r, i) => [i, r.latency_us.low ?? value(r.latency_us), r.latency_us.high ?? value(r.latency_us)])}],
      },
      table: {
        columns: [{title: 'record'}, {title: 'latency', number: true, text: (n) => text(n, 'us')}, {title: 'interval'}],
        rows: rows.map((r) => [titleOf(r), value(r.latency_us), interval(r.latency_us, 'us')]),
      },
    };
  },
};
