/** `npm run docs`: generates the pages that come from the code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { infrastructurePage } from '../infra/cli/plan/page.ts';
import { ROOT } from '../infra/cli/plan/root.ts';
import { runCommand } from './command.ts';
import { configurationFiles } from './configuration.ts';
import { openApiFile } from './openapi/document.ts';
import { withProgress } from './progress.ts';

const HELP = `Usage: npm run docs [-- --pictures]

Generates .env.example and docs/configuration.md from app/config/variables.ts,
docs/openapi.yaml from scripts/openapi, and docs/infrastructure.md from the Pulumi program.

  --pictures  also takes the pictures under docs/pictures/, of the real system in Chromium
              (CHROMIUM, else /usr/bin/chromium)
  --help      this text
`;

await runCommand({
  name: 'docs',
  help: HELP,
  options: { pictures: { type: 'boolean', default: false } },
  maxArgs: 0,
  run: async ({ values, print }) => {
    // First: without Chromium nothing is written.
    const pictures = values.pictures ? await (await import('./pictures.ts')).pictureFiles() : [];
    const infrastructure = await withProgress('running the Pulumi program of each stack', infrastructurePage);
    const files: (readonly [string, string | Uint8Array])[] = [
      ...configurationFiles(),
      openApiFile(),
      ['docs/infrastructure.md', infrastructure],
      ...pictures,
    ];
    for (const [path, content] of files) {
      mkdirSync(dirname(resolve(ROOT, path)), { recursive: true });
      writeFileSync(resolve(ROOT, path), content);
      print(`wrote ${path}`);
    }
    return 0;
  },
});
