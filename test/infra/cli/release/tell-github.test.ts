import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tellGitHub } from '../../../../infra/cli/release/tell-github.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';

const IMAGE = 'registry/ansari-whatsapp@sha256:b';

function telling(door: Parameters<typeof tellGitHub>[0]['door'], asked = true) {
  const folder = temporaryFolder();
  const [output, summary] = [join(folder, 'output'), join(folder, 'summary')];
  const lines: string[] = [];
  const told = tellGitHub({
    ...{ stack: 'staging', outcome: 'deployed', image: IMAGE, door },
    environment: asked ? { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary } : {},
    say: (line) => lines.push(line),
  });
  return { told, lines, read: () => [output, summary].map((file) => readFileSync(file, 'utf8')) };
}

it('tells the workflow the outcome and the address', async () => {
  const { told, read } = telling(async () => ({ url: 'https://door', image: IMAGE }));
  await told;
  const [output, summary] = read();
  expect(output).toBe('url=https://door\noutcome=deployed\n');
  expect(summary).toContain(`| runs | ${IMAGE} |`);
});

it('tells the outcome also when AWS cannot be asked any more', async () => {
  const { told, lines, read } = telling(() => Promise.reject(new Error('the token has expired')));
  await told;
  expect(read()[0]).toBe('url=\noutcome=deployed\n');
  expect(lines).toEqual(["what runs now could not be asked for GitHub's summary: the token has expired"]);
});

it('asks AWS nothing where there is no workflow', async () => {
  const { told, lines } = telling(() => Promise.reject(new Error('not to be asked')), false);
  await told;
  expect(lines).toEqual([]);
});
