// Energy by cause: the total's share of each cause's cycles.
import {interval, percent, text, value, words} from '../numbers.js';

export const energy_causes = {
  id: 'energy-causes',
  title: 'Energy by cause',
  says: 'Every cycle is taken to cost the same energy: a cause has that share of the total which it has of the cycles.',
  make(record) {
    const energy = value(record.energy_uj), cycles = value(record.cycles);
    if (!(energy > 0) || !(cycles > 0)) return null;
    const steps = Object.entries(record.causes || {})
      .map(([name, figure]) => {
        const share = value(figure) / cycles;
        return {name: words(name), uj: share * energy, figure: {...record.energy_uj, low: share * record.energy_uj.low, high: share * record.energy_uj.high}};
      })
      .sort((a, b) => b.uj - a.uj);
    if (!steps.length) return null;
    return {
      height: 60 + 22 * steps.length,
      option: {
        grid: {left: 140, right: 70, top: 10, bottom: 40},
        tooltip: {formatter: (at) => `${at.name}: ${text(at.value, 'uJ')}, ${percent(at.value, energy)}`},
        xAxis: {type: 'value', axisLabel: {formatter: (n) => text(n, 'uJ'), hideOverlap: true}},
        yAxis: {type: 'category', inverse: true, data: steps.map((s) => s.name)},
        series: [{type: 'bar', itemStyle: {color: '#009e73'}, data: steps.map((s) => s.uj),
          label: {show: true, position: 'right', color: 'inherit', formatter: (at) => percent(at.value, energy)}}],
      },
      table: {
        columns: [{title: 'cause'}, {title: 'energy', number: true, text: (n) => text(n, 'uJ')}, {title: 'interval'},
          {title: 'share', number: true, text: (n) => `${n.toFixed(1)} %`}],
        rows: steps.map((s) => [s.name, s.uj, interval(s.figure, 'uJ'), (100 * s.uj) / energy]),
      },
    };
  },
};
