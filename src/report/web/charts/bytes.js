// Flash and RAM by what the bytes are.
import {full, text, value} from '../numbers.js';

export const bytes = {
  id: 'bytes',
  title: 'Where the bytes are',
  says: 'Inner ring: memory; outer ring: what fills it.',
  make(record) {
    const parts = record.components.filter((part) => value(part.bytes) > 0);
    if (!parts.length) return null;
    const memories = [...new Set(parts.map((part) => part.memory))];
    return {
      patterns: false,
      option: {
        tooltip: {formatter: (at) => `${at.name}: ${text(at.value, 'bytes')}`},
        series: [{type: 'sunburst', radius: ['18%', '92%'], sort: undefined, label: {minAngle: 12, color: '#fff', textBorderColor: '#15191e', textBorderWidth: 2},
          data: memories.map((memory) => ({name: memory,
            children: parts.filter((p) => p.memory === memory).map((p) => ({name: p.name, value: value(p.bytes)}))}))}],
      },
      table: {
        columns: [{title: 'memory'}, {title: 'what'}, {title: 'bytes', number: true, text: (n) => full(n, 'bytes')}],
        rows: parts.map((p) => [p.memory, p.name, value(p.bytes)]),
      },
    };
  },
};
