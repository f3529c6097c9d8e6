// A table that sorts by any column and, where it is long, filters by a word.
//   columns: {title, number?, text?(value), hint?}   rows: arrays of values
import {element} from './dom.js';

const compare = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
  return String(a).localeCompare(String(b), 'en', {numeric: true});
};

const cell = (column, value) =>
  element('td', {class: column.number ? 'number' : undefined},
    value === undefined ? '-' : column.text ? column.text(value) : String(value));

export const table = ({columns, rows, label}) => {
  const body = element('tbody');
  let shown = rows;
  let sorted = {column: -1, down: false};
  let wanted = '';
  const heads = columns.map((column, index) =>
    element('th', {scope: 'col', class: column.number ? 'number' : undefined, title: column.hint},
      element('button', {type: 'button', onclick: () => sort(index)}, column.title)));
  const show = () => {
    const word = wanted.toLowerCase();
    const matches = shown.filter((row) => !word || row.some((v) => String(v).toLowerCase().includes(word)));
    body.replaceChildren(...matches.map((row) => element('tr', {}, columns.map((c, i) => cell(c, row[i])))));
  };
  const sort = (index) => {
    const down = sorted.column === index ? !sorted.down : Boolean(columns[index].number);
    sorted = {column: index, down};
    shown = [...rows].sort((a, b) => (down ? -1 : 1) * compare(a[index], b[index]));
    heads.forEach((head, i) =>
      i === index ? head.setAttribute('aria-sort', down ? 'descending' : 'ascending') : head.removeAttribute('aria-sort'));
    show();
  };
  show();
  const filter = rows.length > 8 &&
    element('label', {class: 'filter'}, 'filter ',
      element('input', {type: 'search', oninput: (event) => { wanted = event.target.value; show(); }}));
  return element('div', {}, filter || '',
    element('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label},
      element('table', {}, element('caption', {class: 'dim', hidden: true}, label), element('thead', {}, element('tr', {}, heads)), body)));
};
