// Hits and misses of the caches and flash accelerators.
import {full, percent, value} from '../numbers.js';

export const caches = {
  id: 'caches',
  title: 'Caches and flash accelerators',
  says: 'Share of look-ups that found their line, by the memory model, from a cold start.',
  make(record) {
    const rows = (record.caches || []).filter((c) => value(c.hits) + value(c.misses) > 0);
    if (!rows.length) return null;
    const share = (c, field) => (100 * value(c[field])) / (value(c.hits) + value(c.misses));
    return {
      height: 90 + 40 * rows.length,
      option: {
        grid: {left: 120, right: 40, top: 40, bottom: 30},
        legend: {top: 0},
        tooltip: {formatter: (at) => `${at.name}: ${at.value.toFixed(2)} % ${at.seriesName}`},
        xAxis: {type: 'value', max: 100, axisLabel: {formatter: (n) => `${n} %`}},
        yAxis: {type: 'category', inverse: true, data: rows.map((c) => c.name)},
        series: ['hits', 'misses'].map((name) => ({name, type: 'bar', stack: 'c', data: rows.map((c) => share(c, name))})),
      },
      table: {
        columns: [{title: 'cache'}, {title: 'hits', number: true, text: (n) => full(n, 'count')}, {title: 'misses', number: true, text: (n) => full(n, 'count')}, {title: 'missed'}],
        rows: rows.map((c) => [c.name, value(c.hits), value(c.misses), percent(value(c.misses), value(c.hits) + value(c.misses))]),
      },
    };
  },
};
