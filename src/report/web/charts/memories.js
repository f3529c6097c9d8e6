// Several records: flash and RAM.
import {full, text, value} from '../numbers.js';
import {titleOf} from '../titles.js';

export const memories = {
  id: 'memories',
  title: 'Flash and RAM',
  says: 'Bytes that each needs.',
  make(records) {
    const rows = records.filter((r) => value(r.flash_bytes) > 0);
    if (rows.length < 2) return null;
    return {
      height: 100 + 34 * rows.length,
      option: {
        grid: {left: 210, right: 30, top: 40, bottom: 30},
        legend: {top: 0},
        tooltip: {formatter: (at) => `${at.name}: ${text(at.value, 'bytes')} of ${at.seriesName}`},
        xAxis: {type: 'value', splitNumber: 4, axisLabel: {formatter: (n) => `${text(n, 'count')}B`, hideOverlap: true}},
        yAxis: {type: 'category', inverse: true, data: rows.map(titleOf)},
        series: [['flash', 'flash_bytes'], ['RAM', 'ram_bytes']].map(([name, field]) => ({name, type: 'bar', data: rows.map((r) => value(r[field]) || 0)})),
      },
      table: {
        columns: [{title: 'record'}, {title: 'flash', number: true, text: (n) => full(n, 'bytes')}, {title: 'RAM', number: true, text: (n) => full(n, 'bytes')}],
        rows: rows.map((r) => [titleOf(r), value(r.flash_bytes), value(r.ram_bytes)]),
      },
    };
  },
};
