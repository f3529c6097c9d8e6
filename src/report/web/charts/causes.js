// Where the cycles go: a waterfall whose steps sum to the total.
import {full, percent, text, value, words} from '../numbers.js';

export const causes = {
  id: 'causes',
  title: 'Where the cycles go',
  says: 'Each step is a cause; together they are every cycle of one inference.',
  make(record) {
    const steps = Object.entries(record.causes || {}).map(([name, figure]) => ({name: words(name), cycles: value(figure)}))
      .sort((a, b) => b.cycles - a.cycles);
    if (!steps.length) return null;
    const total = value(record.cycles);
    let reached = 0;
    const base = steps.map((step) => { const from = reached; reached += step.cycles; return from; });
    return {
      wide: true, height: 60 + 22 * (steps.length + 1),
      option: {
        grid: {left: 140, right: 90, top: 10, bottom: 30},
        tooltip: {formatter: (at) => `${at.name}: ${text(at.value, 'cycles')} cycles, ${percent(at.value, total)}`},
        xAxis: {type: 'value', axisLabel: {formatter: (n) => text(n, 'cycles')}},
        yAxis: {type: 'category', inverse: true, data: [...steps.map((s) => s.name), 'total']},
        series: [
          {type: 'bar', stack: 'all', silent: true, itemStyle: {color: 'transparent', decal: {symbol: 'none'}}, tooltip: {show: false}, data: [...base, 0]},
          {type: 'bar', stack: 'all', data: [...steps.map((s) => s.cycles), {value: total, itemStyle: {color: '#8c8c8c'}}],
            label: {show: true, position: 'right', color: 'inherit', formatter: (at) => percent(at.value, total)}},
        ],
      },
      table: {
        columns: [{title: 'cause'}, {title: 'cycles', number: true, text: (n) => full(n, 'cycles')}, {title: 'share', number: true, text: (n) => `${n.toFixed(1)} %`}],
        rows: steps.map((s) => [s.name, s.cycles, (100 * s.cycles) / total]),
      },
    };
  },
};
