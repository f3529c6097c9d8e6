// Several records in a few figures at once, each as a share of the largest.
import {text, value} from '../numbers.js';
import {titleOf} from '../titles.js';

const kAxes = [['latency_us', 'latency', 'us'], ['flash_bytes', 'flash', 'bytes'], ['ram_bytes', 'RAM', 'bytes'], ['instructions', 'instructions', 'count'],
  ['cycles', 'cycles', 'cycles'], ['energy_uj', 'energy', 'uJ']];
const kMost = 6;  // more polygons cannot be told apart

export const radar = {
  id: 'radar',
  title: 'All figures at once',
  says: 'Smaller is better on every axis; each axis ends at the largest of these records.',
  make(records) {
    const axes = kAxes.filter(([field]) => records.every((r) => value(r[field]) > 0));
    if (records.length < 2 || axes.length < 3) return null;
    const rows = records.slice(0, kMost);
    const largest = axes.map(([field]) => Math.max(...rows.map((r) => value(r[field]))));
    return {
      height: 380, says: records.length > kMost ? `The first ${kMost} of ${records.length} records. Smaller is better on every axis.` : undefined,
      option: {
        legend: {top: 0, type: 'scroll'},
        radar: {center: ['50%', '58%'], radius: '62%', indicator: axes.map(([, name], i) => ({name, max: largest[i]}))},
        series: [{type: 'radar', data: rows.map((r) => ({name: titleOf(r), value: axes.map(([field]) => value(r[field]))}))}],
      },
      table: {
        columns: [{title: 'record'}, ...axes.map(([, title, unit]) => ({title, number: true, text: (n) => text(n, unit)}))],
        rows: records.map((r) => [titleOf(r), ...axes.map(([field]) => value(r[field]))]),
      },
    };
  },
};
