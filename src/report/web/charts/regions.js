// How full each memory region is.
import {full, percent, text, value} from '../numbers.js';

export const regions = {
  id: 'regions',
  title: 'How full each memory is',
  says: 'The shorter the rest of a bar, the less is left for the application.',
  make(record) {
    const rows = record.regions.filter((region) => value(region.size_bytes) > 0);
    if (!rows.length) return null;
    const share = (region) => (100 * (value(region.used_bytes) || 0)) / value(region.size_bytes);
    return {
      height: 90 + 34 * rows.length,
      option: {
        grid: {left: 110, right: 90, top: 30, bottom: 30},
        legend: {top: 0},
        tooltip: {formatter: (at) => `${at.name}: ${at.seriesName} ${at.value.toFixed(2)} %`},
        xAxis: {type: 'value', axisLabel: {formatter: (n) => `${n} %`}},
        yAxis: {type: 'category', inverse: true, data: rows.map((r) => r.name)},
        series: [{name: 'used', type: 'bar', stack: 'r', data: rows.map(share)},
          {name: 'free', type: 'bar', stack: 'r', itemStyle: {opacity: 0.35}, data: rows.map((r) => Math.max(0, 100 - share(r)))}],
      },
      table: {
        columns: [{title: 'region'}, {title: 'kind'}, {title: 'used', number: true, text: (n) => full(n, 'bytes')}, {title: 'of', number: true, text: (n) => full(n, 'bytes')}, {title: 'share'}],
        rows: rows.map((r) => [r.name, r.kind, value(r.used_bytes), value(r.size_bytes), percent(value(r.used_bytes), value(r.size_bytes))]),
      },
      says: `${text(value(record.flash_bytes), 'bytes')} of flash, ${text(value(record.ram_bytes), 'bytes')} of RAM.`,
    };
  },
};
