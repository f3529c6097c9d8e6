// The instruction mix.
import {full, percent, text, value, words} from '../numbers.js';

export const classes = {
  id: 'classes',
  title: 'What ran: instructions by class',
  says: 'Exact counts of one inference.',
  make(record) {
    const rows = [...(record.classes || [])].sort((a, b) => value(b.instructions) - value(a.instructions));
    if (!rows.length) return null;
    const total = value(record.instructions);
    return {
      height: 60 + 20 * rows.length,
      option: {
        grid: {left: 120, right: 70, top: 10, bottom: 30},
        tooltip: {formatter: (at) => `${at.name}: ${text(at.value, 'instructions')}`},
        xAxis: {type: 'value', axisLabel: {formatter: (n) => text(n, 'count'), hideOverlap: true}},
        yAxis: {type: 'category', inverse: true, data: rows.map((r) => words(r.name))},
        series: [{type: 'bar', data: rows.map((r) => value(r.instructions)), label: {show: true, position: 'right', color: 'inherit', formatter: (at) => percent(at.value, total)}}],
      },
      table: {
        columns: [{title: 'class'}, {title: 'instructions', number: true, text: (n) => full(n, 'count')}, {title: 'share'}],
        rows: rows.map((r) => [words(r.name), value(r.instructions), percent(value(r.instructions), total)]),
      },
    };
  },
};
