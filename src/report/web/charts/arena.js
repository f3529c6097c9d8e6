// The arena over the run: a rectangle a buffer, from its first layer to its last, at its address.
import {brief, full, text, value} from '../numbers.js';

const kColours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'];

export const arena = {
  id: 'arena',
  title: 'The arena, layer by layer',
  says: 'Each box is a buffer at its place, over the layers during which it lives.',
  make(record) {
    const buffers = record.buffers || [];
    if (!buffers.length) return null;
    const boxes = buffers.map((t) => [t.first_layer, t.last_layer + 1, value(t.offset_bytes), value(t.offset_bytes) + value(t.bytes)]);
    const box = (parameters, api) => {
      const [left, bottom] = api.coord([api.value(0), api.value(2)]);
      const [right, top] = api.coord([api.value(1), api.value(3)]);
      return {type: 'rect', shape: {x: left, y: top, width: right - left, height: bottom - top},
        style: {fill: kColours[parameters.dataIndex % kColours.length], opacity: 0.75, stroke: '#15191e', lineWidth: 1}};
    };
    return {
      wide: true, height: 360, patterns: false,
      option: {
        grid: {left: 80, right: 20, top: 10, bottom: 50},
        tooltip: {formatter: (at) => `${buffers[at.dataIndex].what}: ${text(at.value[3] - at.value[2], 'bytes')}, layers ${at.value[0]} to ${at.value[1] - 1}`},
        xAxis: {type: 'value', min: 0, max: record.layers.length, name: 'layer', nameLocation: 'middle', nameGap: 28, minInterval: 1},
        yAxis: {type: 'value', min: 0, axisLabel: {formatter: (n) => text(n, 'bytes')}},
        series: [{type: 'custom', renderItem: box, data: boxes, encode: {x: [0, 1], y: [2, 3]}}],
      },
      table: {
        columns: [{title: 'buffer'}, {title: 'holds'}, {title: 'offset', number: true, text: (n) => full(n, 'bytes')},
          {title: 'bytes', number: true, text: (n) => full(n, 'bytes')}, {title: 'first layer', number: true}, {title: 'last layer', number: true}],
        rows: buffers.map((t) => [brief(t.name), t.what, value(t.offset_bytes), value(t.bytes), t.first_layer, t.last_layer]),
      },
    };
  },
};
