/** `npm run docs`: writes docs/infrastructure.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { infrastructurePage } from './plan/page.ts';
import { ROOT } from './plan/record.ts';

if (process.argv.includes('--help')) {
  console.log('Usage: npm run docs\n\nWrites docs/infrastructure.md from the Pulumi program.');
} else {
  mkdirSync(resolve(ROOT, 'docs'), { recursive: true });
  writeFileSync(resolve(ROOT, 'docs/infrastructure.md'), await infrastructurePage());
}
