import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { runCommand } from './command.ts';
import { withProgress } from './progress.ts';

const HELP = `Usage: npm run build [-- --into <folder>]

Bundles the programs so that they run with no node_modules:
  dist/server/index.js      the webhook app (npm start), with the thread that owns the SQLite file beside it
  dist/worker/index.js      the handler of the worker's Lambda function

  --into <folder>          output folder (dist)
  --certificates <folder>  its files *.pem are copied into certificates/ beside each bundle (certificates)
  --help                   this text
`;

const root = join(import.meta.dirname, '..');

/** The bundles of each output folder: name to entry file. */
const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  server: { index: 'app/server.ts', 'sqlite-thread': 'app/stores/sqlite/thread.ts' },
  worker: { index: 'app/worker.ts' },
};

await runCommand({
  name: 'build',
  help: HELP,
  options: {
    into: { type: 'string', default: join(root, 'dist') },
    certificates: { type: 'string', default: join(root, 'certificates') },
  },
  maxArgs: 0,
  run: async ({ values }) => {
    for (const [folder, entries] of Object.entries(PROGRAMS)) {
      await withProgress(`bundling ${folder}`, () => bundle(resolve(values.into, folder), entries));
      copyCertificates(resolve(values.certificates), resolve(values.into, folder, 'certificates'));
    }
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
    // Keeps what is imported on first use, such as language tables, in files of its own.
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
  // Without a package.json above the bundle, Node would load it as CommonJS.
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}\n');
  for (const name of Object.keys(entries)) {
    const file = join(outdir, `${name}.js`);
    console.log(`${relative(root, file)}  ${Math.round(statSync(file).size / 1024)} KiB`);
  }
}

/** Both programs, and commands in this checkout, read one connection string, whose `tlsCAFile` is relative to their folder. */
function copyCertificates(from: string, to: string): void {
  const files = existsSync(from) ? readdirSync(from).filter((file) => file.endsWith('.pem')) : [];
  if (files.length === 0) return;
  mkdirSync(to);
  for (const file of files) copyFileSync(join(from, file), join(to, file));
}
