// One chart: its title, a sentence that says what to look for, the picture (SVG, so that it prints
// and can be searched), and the table behind it.
import * as echarts from 'echarts/core';
import {BarChart, CustomChart, LineChart, RadarChart, ScatterChart, SunburstChart, TreemapChart} from 'echarts/charts';
import {AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, RadarComponent, TooltipComponent}
  from 'echarts/components';
import {SVGRenderer} from 'echarts/renderers';
import {element} from './dom.js';
import {table} from './table.js';

echarts.use([BarChart, CustomChart, LineChart, RadarChart, ScatterChart, SunburstChart, TreemapChart, AriaComponent, DataZoomComponent,
  GridComponent, LegendComponent, MarkLineComponent, RadarComponent, TooltipComponent, SVGRenderer]);

// Okabe and Ito's colours, safe for colour-blind readers; patterns (decal) carry them into greyscale.
const kColours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#8c8c8c'];
const dark = () => window.matchMedia('(prefers-color-scheme: dark)').matches && !window.matchMedia('print').matches;

const theme = () => {
  const text = dark() ? '#e6e9ec' : '#15191e';
  const line = dark() ? '#3a4149' : '#d9dde2';
  const axis = {axisLabel: {color: text}, axisLine: {lineStyle: {color: line}}, splitLine: {lineStyle: {color: line}}, nameTextStyle: {color: text}};
  return {color: kColours, backgroundColor: 'transparent', textStyle: {color: text, fontFamily: 'system-ui, sans-serif'},
    legend: {textStyle: {color: text}}, categoryAxis: {...axis, splitLine: {show: false}}, valueAxis: axis, logAxis: axis,
    radar: {axisName: {color: text}, splitLine: {lineStyle: {color: line}}, axisLine: {lineStyle: {color: line}}, splitArea: {show: false}},
    tooltip: {backgroundColor: dark() ? '#262b31' : '#fff', borderColor: line, textStyle: {color: text}}};
};

const drawn = [];

const draw = (entry) => {
  if (entry.chart) entry.chart.dispose();
  entry.chart = echarts.init(entry.box, theme(), {renderer: 'svg'});
  entry.chart.setOption({animation: false, aria: {enabled: true, label: {description: entry.title}, decal: {show: entry.patterns}},
    tooltip: {confine: true}, ...entry.option});
};

/** Forgets the charts below `node`, whose elements are about to go. */
export const dispose = (node) => {
  for (let i = drawn.length; i-- > 0;) {
    if (!node.contains(drawn[i].box)) continue;
    drawn[i].chart.dispose();
    drawn.splice(i, 1);
  }
};

/** Draws what was mounted since the last call: a chart needs its element's size. */
export const drawAll = () => drawn.filter((entry) => !entry.chart).forEach(draw);

export const figure = ({id, title, says, made}) => {
  const height = made.height || 320;
  const box = element('div', {class: 'chart', id: `chart-${id}`, style: `height:${height}px`});
  drawn.push({box, title, option: made.option, patterns: made.patterns !== false, chart: null});
  return element('figure', {class: made.wide ? 'wide' : undefined, 'aria-label': title},
    element('h3', {}, title), element('p', {class: 'dim'}, made.says || says), box,
    element('details', {}, element('summary', {}, 'the numbers'), table({...made.table, label: title})));
};

const redraw = () => drawn.forEach(draw);
window.addEventListener('resize', () => drawn.forEach((entry) => entry.chart && entry.chart.resize()));
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
window.addEventListener('beforeprint', redraw);
window.addEventListener('afterprint', redraw);
