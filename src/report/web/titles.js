// What a record is called where several stand side by side: as few fields as tell them apart.
let shown = ['model', 'target'];
const nameBy = (record, fields) => fields.map((field) => record[field]).join(', ');
const distinct = (records, fields) => new Set(records.map((record) => nameBy(record, fields))).size;

/** Takes fields in this order while they tell more of `records` apart. */
export const setTitles = (records) => {
  shown = [];
  for (const field of ['model', 'target', 'runtime', 'optimize', 'memory_system', 'flags', 'compiler'])
    if (distinct(records, [...shown, field]) > (shown.length ? distinct(records, shown) : 1)) shown.push(field);
  if (!shown.length) shown = ['model', 'target'];
};
export const titleOf = (record) => nameBy(record, shown);
