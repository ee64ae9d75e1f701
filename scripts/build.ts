import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { runCommand } from './command.ts';

const HELP = `Usage: npm run build [-- --into <folder>]

Bundles the programs so that they run with no node_modules:
  dist/server/index.js      the webhook app (npm start), with the thread that owns the SQLite file beside it
  dist/worker/index.js      the worker as a Lambda function: its handler

  --into <folder>  instead of dist
  --help           this text
`;

const root = join(import.meta.dirname, '..');

/** Folder under the target, then the bundles in it by name. */
const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  server: { index: 'app/server.ts', 'sqlite-thread': 'app/stores/sqlite/thread.ts' },
  worker: { index: 'app/worker.ts' },
};

await runCommand({
  name: 'build',
  help: HELP,
  options: { into: { type: 'string', default: join(root, 'dist') } },
  mostWords: 0,
  run: async ({ values }) => {
    for (const [folder, entries] of Object.entries(PROGRAMS))
      await bundle(resolve(values.into, folder), entries);
    return 0;
  },
});

async function bundle(outdir: string, entries: Readonly<Record<string, string>>): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([out, source]) => ({ in: source, out })),
    outdir,
    bundle: true,
    // Language tables and other parts that are loaded when first needed stay apart.
    splitting: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    target: 'node24',
    format: 'esm',
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'linked',
    // Some CommonJS dependencies call require for Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  // Without it Node would take the bundle for CommonJS where no package.json is above it.
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}\n');
  for (const name of Object.keys(entries)) {
    const file = join(outdir, `${name}.js`);
    console.log(`${relative(root, file)}  ${Math.round(statSync(file).size / 1024)} KiB`);
  }
}
