// A power trace of the same model on the part: lows and highs over time, and where the windows are.
import {text, value} from '../numbers.js';

const watts = (uw) => text(uw, 'uW');

export const power = {
  id: 'power',
  title: 'Power measured over time',
  make(record) {
    const rows = record.power || [], [run] = record.measured || [];
    if (!rows.length || !run) return null;
    const [times, least, most] = ['begins_us', 'least_uw', 'most_uw'].map((field) => rows.map((row) => value(row[field])));
    const top = 1.04 * Math.max(...most);
    const plain = {type: 'line', symbol: 'none', step: 'end'};
    return {
      wide: true,
      says: `Between each stretch's smallest and largest sample; the bar above marks the ${run.windows} windows, by ${run.windows_by}. ` +
        `Measured ${text(value(run.energy_uj), 'uJ')} an inference (n ${run.windows})` +
        (value(record.energy_uj) > 0 ? `, modelled ${text(value(record.energy_uj), 'uJ')}.` : '.'),
      option: {
        grid: {left: 80, right: 20, top: 40, bottom: 40},
        legend: {top: 0},
        tooltip: {trigger: 'axis', formatter: ([at]) => `${text(times[at.dataIndex], 'us')}: ${watts(least[at.dataIndex])} .. ${watts(most[at.dataIndex])}`},
        xAxis: {type: 'category', data: times.map((us) => text(us, 'us')), boundaryGap: false},
        yAxis: {type: 'value', axisLabel: {formatter: watts, showMaxLabel: false}, max: top},
        series: [
          {...plain, name: 'smallest', stack: 'p', lineStyle: {color: '#0072b2', width: 1}, data: least},
          {...plain, name: 'to the largest', stack: 'p', lineStyle: {color: '#56b4e9', width: 1}, areaStyle: {opacity: 0.4}, data: most.map((w, i) => w - least[i])},
          {...plain, name: 'window', lineStyle: {color: '#d55e00', width: 5}, data: rows.map((row) => (row.window > 0 ? top : null))},
        ],
      },
      table: {
        columns: [{title: 'from', number: true, text: (n) => text(n, 'us')}, {title: 'smallest', number: true, text: watts}, {title: 'largest', number: true, text: watts},
          {title: 'window', number: true}],
        rows: rows.map((row, i) => [times[i], least[i], most[i], row.window || undefined]),
      },
    };
  },
};
