// What one inference asks of each memory.
import {full, text, value} from '../numbers.js';

export const traffic = {
  id: 'traffic',
  title: 'What is read and written, by memory',
  says: 'Bytes of data that one inference loads from and stores to each region.',
  make(record) {
    const rows = record.regions.filter((r) => (value(r.load_bytes) || 0) + (value(r.store_bytes) || 0) > 0);
    if (!rows.length) return null;
    const bars = (name, field) => ({name, type: 'bar', data: rows.map((r) => value(r[field]) || 0)});
    return {
      height: 100 + 46 * rows.length,
      option: {
        grid: {left: 110, right: 40, top: 40, bottom: 30},
        legend: {top: 0},
        tooltip: {formatter: (at) => `${at.name}: ${text(at.value, 'bytes')} ${at.seriesName}`},
        xAxis: {type: 'value', splitNumber: 4, axisLabel: {formatter: (n) => `${text(n, 'count')}B`, hideOverlap: true}},
        yAxis: {type: 'category', inverse: true, data: rows.map((r) => r.name)},
        series: [bars('loaded', 'load_bytes'), bars('stored', 'store_bytes')],
      },
      table: {
        columns: [{title: 'region'}, ...['loads', 'bytes loaded', 'stores', 'bytes stored', 'fetches'].map((title) => ({title, number: true, text: (n) => full(n, 'count')}))],
        rows: rows.map((r) => [r.name, value(r.loads), value(r.load_bytes), value(r.stores), value(r.store_bytes), value(r.fetches)]),
      },
    };
  },
};
