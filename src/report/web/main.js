// The page: what the records say, in the order in which one asks. It computes shares and sums for
// display, nothing else; every figure is the record's.
import {ofRecord, ofRecords} from './charts/index.js';
import {dispose, drawAll, figure} from './chart.js';
import {element} from './dom.js';
import {brief, full, how, interval, known, percent, reason, text, value, words} from './numbers.js';
import {table} from './table.js';
import {setTitles, titleOf} from './titles.js';

const {records, fields} = JSON.parse(document.getElementById('records').textContent);
setTitles(records);

const fact = (title, main, ...more) =>
  element('div', {class: 'fact'}, element('span', {class: 'dim'}, title), element('b', {}, main),
    ...more.filter(Boolean).map((line) => element('span', {class: 'dim'}, line)));

const figureFact = (title, record, field, unit, ...more) =>
  known(record[field])
    ? fact(title, text(value(record[field]), unit), interval(record[field], unit), ...more, how(record[field]))
    : fact(title, '-', reason(record[field]));

/** The largest cause and the layer that costs most, in a sentence. */
const sentence = (record) => {
  const cycles = value(record.cycles);
  if (!cycles) return '';
  const layer = record.layers.reduce((a, b) => ((value(b.cycles) || 0) > (value(a.cycles) || 0) ? b : a), record.layers[0]);
  const [cause, most] = Object.entries(record.causes).reduce((a, b) => (value(b[1]) > value(a[1]) ? b : a), ['', 0]);
  return `Layer ${layer.index} (${layer.op}${layer.detail ? ` ${layer.detail}` : ''}) takes ${percent(value(layer.cycles), cycles)} of the time; ` +
    `of all cycles ${percent(value(most), cycles)} go to ${words(cause)}.`;
};

const summary = (record) =>
  element('section', {'aria-label': 'summary'},
    element('h2', {id: 'summary'}, records.length > 1 ? titleOf(record) : 'Summary'),
    element('p', {}, `${record.part}, ${record.core}, ${text(value(record.clock_hz), 'Hz')}${record.memory_system ? `, ${record.memory_system}` : ''}. ${sentence(record)}`),
    element('div', {class: 'facts'},
      element('div', {class: 'fact'}, element('span', {class: 'dim'}, 'fits'),
        element('b', {class: record.fits === 'yes' ? 'good' : 'bad'}, record.fits === 'yes' ? 'yes' : 'no'),
        element('span', {class: 'dim'}, record.fits === 'yes' ? '' : record.fits)),
      figureFact('latency', record, 'latency_us', 'us', known(record.cycles) && `${text(value(record.cycles), 'cycles')} cycles`),
      figureFact('energy', record, 'energy_uj', 'uJ'),
      figureFact('flash', record, 'flash_bytes', 'bytes'),
      figureFact('RAM', record, 'ram_bytes', 'bytes', known(record.arena_bytes) && `arena ${text(value(record.arena_bytes), 'bytes')}`),
      element('div', {class: 'fact'}, element('span', {class: 'dim'}, 'outputs'), element('span', {}, record.verified || 'not verified'))));

const kHidden = ['causes', 'index'];
const layerTable = (record) => {
  const used = (field) => record.layers.some((layer) => (typeof layer[field] === 'string' ? layer[field] : known(layer[field])));
  const kept = fields.layers.filter(({name}) => !kHidden.includes(name) && used(name));
  const cycles = value(record.cycles);
  const columns = [{title: '#', number: true},
    ...kept.map(({name, unit, meaning, number}) => ({title: words(name.replace(/_(us|uj|bytes)$/, '')), hint: meaning, number,
      text: number ? (n) => full(n, unit) : name === 'name' ? (s) => brief(s, 40) : undefined})),
    ...(cycles ? [{title: 'share', number: true, text: (n) => `${n.toFixed(1)} %`}] : [])];
  const rows = record.layers.map((layer) => [layer.index, ...kept.map(({name, number}) => (number ? value(layer[name]) : layer[name])),
    ...(cycles ? [(100 * (value(layer.cycles) || 0)) / cycles] : [])]);
  return element('section', {}, element('h2', {id: 'layers'}, 'Layers'), element('div', {class: 'card'}, table({columns, rows, label: 'layers'})));
};

const gallery = (title, id, charts, argument) => {
  const made = charts.map((chart) => [chart, chart.make(argument)]).filter(([, made]) => made);
  return made.length
    ? element('section', {}, element('h2', {id}, title), element('div', {class: 'charts'}, made.map(([chart, each]) => figure({...chart, made: each}))))
    : '';
};

const change = (with_, without) => (known(with_) && known(without) ? 100 * (value(with_) / value(without) - 1) : undefined);
const advice = (record) => {
  if (!(record.advice || []).length) return '';
  const percentage = (n) => `${n > 0 ? '+' : ''}${n.toFixed(1)} %`;
  const columns = [{title: 'change'}, {title: 'cycles', number: true, text: (n) => text(n, 'cycles')}, {title: 'cycles, change', number: true, text: percentage},
    {title: 'latency', number: true, text: (n) => text(n, 'us')}, {title: 'latency, change', number: true, text: percentage},
    {title: 'flash', number: true, text: (n) => full(n, 'bytes')}, {title: 'RAM', number: true, text: (n) => full(n, 'bytes')},
    {title: 'built', number: true, text: (n) => text(n, 'cycles')}, {title: 'what it is'}, {title: 'how it was obtained'}];
  const rows = record.advice.map((row) => [row.change, value(row.cycles), change(row.cycles, record.cycles), value(row.latency_us),
    change(row.latency_us, record.latency_us), value(row.flash_bytes), value(row.ram_bytes), value(row.verified_cycles), row.says, row.how])
    .sort((a, b) => (a[1] ?? Infinity) - (b[1] ?? Infinity));
  return element('section', {}, element('h2', {id: 'advice'}, 'What would help: each change was simulated'),
    element('div', {class: 'card'}, table({columns, rows, label: 'what would help'})));
};

const troubles = (record) => {
  const rows = [...record.troubles.map((t) => [t.where, t.reason]),
    ...fields.record.filter(({name, number}) => number && record[name] && record[name].reason).map(({name}) => [words(name), record[name].reason])];
  return rows.length
    ? element('section', {}, element('h2', {id: 'troubles'}, 'What could not be given, and why'),
      element('div', {class: 'card'}, table({columns: [{title: 'what'}, {title: 'why'}], rows, label: 'what could not be given'})))
    : '';
};

const command = (record) =>
  `assay measure ${record.model}.${record.model_format} --on ${record.target}${record.optimize ? ` --optimize ${record.optimize}` : ''}`;

const provenance = (record) => {
  const texts = fields.record.filter(({name, number}) => !number && record[name] !== undefined && record[name] !== '');
  return element('section', {}, element('h2', {id: 'provenance'}, 'How the figures were obtained'),
    element('div', {class: 'card'},
      element('p', {}, 'exact: counted, repeatable to the bit. modelled: exact counts by a timing or power model, with the interval that published ' +
        'silicon allows. predicted: from a fitted table. measured: read from hardware.'),
      record.emulator ? element('p', {}, 'To repeat it: ', element('code', {}, command(record))) : '',
      element('dl', {}, texts.map(({name}) => [element('dt', {}, words(name)), element('dd', {}, String(record[name]))]))));
};

const comparison = () => {
  const columns = [{title: 'record'}, {title: 'fits'}, ...[['latency_us', 'latency', 'us'], ['energy_uj', 'energy', 'uJ'], ['flash_bytes', 'flash', 'bytes'],
    ['ram_bytes', 'RAM', 'bytes'], ['instructions', 'instructions', 'count'], ['cycles', 'cycles', 'cycles']].map(([name, title, unit]) =>
    ({name, title, number: true, text: (n) => text(n, unit)})), {title: 'outputs'}];
  const rows = records.map((r) => columns.map((c) =>
    c.title === 'record' ? titleOf(r) : c.title === 'fits' ? r.fits : c.title === 'outputs' ? r.verified : value(r[c.name])));
  return element('section', {}, element('h2', {id: 'comparison'}, `${records.length} records side by side`),
    element('div', {class: 'card'}, table({columns, rows, label: 'records side by side'})));
};

const detail = element('div');
const show = (record) => {
  dispose(detail);
  detail.replaceChildren(summary(record), gallery('Cycles, memory, energy', 'charts', ofRecord, record), advice(record), layerTable(record), troubles(record), provenance(record));
  drawAll();
};

const chooser = () =>
  element('p', {}, element('label', {}, 'one record in detail: ',
    element('select', {id: 'choose', onchange: (event) => show(records[Number(event.target.value)])},
      records.map((record, index) => element('option', {value: index}, titleOf(record))))));

const links = [...(records.length > 1 ? [['comparison', 'side by side']] : []), ['summary', 'summary'], ['charts', 'pictures'], ['layers', 'layers'], ['provenance', 'how']];
const heading = records.length === 1 ? `${records[0].model} on ${records[0].target}` : `${records.length} records`;
document.title = `${heading} - Assay`;
document.body.append(
  element('header', {}, element('h1', {}, heading),
    element('p', {class: 'dim'}, `what it costs on a microcontroller, and why; assay ${records.length ? records[0].assay_version : ''}`),
    element('nav', {'aria-label': 'sections'}, links.map(([id, title]) => element('a', {href: `#${id}`}, title)))),
  element('main', {}, ...(records.length > 1 ? [comparison(), gallery('The records compared', 'compared', ofRecords, records), chooser()] : []), detail));
if (records.length) show(records[0]);
document.body.dataset.readyMs = Math.round(performance.now());
document.body.dataset.ready = 'yes';
