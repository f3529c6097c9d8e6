// Code by function, as area.
import {full, text, value} from '../numbers.js';

export const symbols = {
  id: 'symbols',
  title: 'Code by function',
  says: 'Area is bytes of code, of functions that ran.',
  make(record) {
    const functions = record.functions.filter((f) => value(f.code_bytes) > 0);
    if (!functions.length) return null;
    return {
      patterns: false,
      option: {
        tooltip: {formatter: (at) => `${at.name.replace(/[<>&]/g, '')}: ${text(at.value, 'bytes')}`},
        series: [{type: 'treemap', roam: false, nodeClick: false, breadcrumb: {show: false}, left: 0, top: 0, right: 0, bottom: 0,
          itemStyle: {borderColor: '#fff', borderWidth: 1, gapWidth: 1},
          label: {color: '#fff', textBorderColor: '#15191e', textBorderWidth: 2},
          data: functions.map((f) => ({name: f.name, value: value(f.code_bytes)}))}],
      },
      table: {
        columns: [{title: 'function'}, {title: 'bytes', number: true, text: (n) => full(n, 'bytes')}, {title: 'instructions', number: true, text: (n) => full(n, 'instructions')},
          {title: 'cycles', number: true, text: (n) => full(n, 'cycles')}, {title: 'entered', number: true, text: (n) => full(n, 'count')}],
        rows: functions.map((f) => [f.name, value(f.code_bytes), value(f.instructions), value(f.cycles), value(f.entries)]),
      },
    };
  },
};
