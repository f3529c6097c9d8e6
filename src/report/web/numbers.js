// Figures as people read them. A figure is a number (exact), or {v, low, high, how}, or {reason}.
export const value = (figure) =>
  typeof figure === 'number' ? figure : figure && figure.v !== undefined ? figure.v : undefined;
export const known = (figure) => value(figure) !== undefined;
export const reason = (figure) => (figure && figure.reason) || 'not in this record';
export const how = (figure) => (typeof figure === 'number' ? 'exact' : (figure && figure.how) || '');

const grouped = (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
const digits3 = (n) => Number(n.toPrecision(3)).toString();

/** 4 428 913 -> "4.43 M": three digits, as on the terminal's page. */
export const short = (n) => {
  const a = Math.abs(n);
  if (a >= 1e9) return `${digits3(n / 1e9)} G`;
  if (a >= 1e6) return `${digits3(n / 1e6)} M`;
  if (a >= 1e4) return `${digits3(n / 1e3)} k`;
  return Number.isInteger(n) ? grouped(n) : digits3(n);
};
const scaled = (n, steps) => {
  for (const [least, factor, unit] of steps) if (Math.abs(n) >= least) return `${digits3(n / factor)} ${unit}`;
  const [, factor, unit] = steps[steps.length - 1];
  return `${digits3(n / factor)} ${unit}`;
};
const kUnits = {
  bytes: (n) => `${grouped(n)} B`,
  us: (n) => scaled(n, [[1e6, 1e6, 's'], [1e3, 1e3, 'ms'], [0, 1, 'us']]),
  uJ: (n) => scaled(n, [[1e6, 1e6, 'J'], [1e3, 1e3, 'mJ'], [1, 1, 'uJ'], [0, 1e-3, 'nJ']]),
  uW: (n) => scaled(n, [[1e6, 1e6, 'W'], [1e3, 1e3, 'mW'], [0, 1, 'uW']]),
  Hz: (n) => scaled(n, [[1e6, 1e6, 'MHz'], [1e3, 1e3, 'kHz'], [0, 1, 'Hz']]),
  V: (n) => `${digits3(n)} V`,
  cycles: short, instructions: short, count: short,
};
/** A plain number with its unit. */
export const text = (n, unit) => (n === undefined ? '-' : (kUnits[unit] || short)(n));
/** All digits, for tables that people copy from. */
export const full = (n, unit) =>
  n === undefined ? '-' : ['cycles', 'instructions', 'count', 'bytes'].includes(unit) ? grouped(n) : text(n, unit);
export const interval = (figure, unit) =>
  figure && figure.how && figure.low !== undefined ? `${text(figure.low, unit)} .. ${text(figure.high, unit)}` : '';
export const percent = (part, whole) => (whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : '-');
/** Converters join the names of fused operators by ';'; the first is enough in a picture. */
export const brief = (name, most = 28) => {
  const first = String(name).split(';')[0].split('/').slice(-2).join('/');
  return first.length <= most ? first : `..${first.slice(-most)}`;
};
export const layerName = (layer) => `${layer.index} ${layer.op}`;
/** A cause as words: "flash_data" -> "flash data". */
export const words = (name) => name.replaceAll('_', ' ');
