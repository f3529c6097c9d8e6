// Bundles the report's page: style, script and the charts' library become one HTML file with a
// place for the records, which src/report/html.cc fills. No module loads anything at run time.
//   node build.mjs NODE_MODULES OUT.html
import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

const [modules, out] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));
const esbuild = createRequire(join(modules, 'index.js'))('esbuild');

const bundle = (file) =>
  esbuild.buildSync({
    entryPoints: [join(here, file)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    nodePaths: [modules],
  }).outputFiles[0].text;

// Text inside <script> or <style> must not close it.
const inlined = (text) => text.replaceAll('</', '<\\/');
const license = 'Charts: Apache ECharts, Apache License 2.0, and ZRender, BSD 3-Clause.';
writeFileSync(out, readFileSync(join(here, 'page.html'), 'utf8')
  .replace('/*STYLE*/', () => bundle('style.css'))
  .replace('/*SCRIPT*/', () => `/* ${license} */\n${inlined(bundle('main.js'))}`));
