import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reportToGitHub } from '#infra/cli/release/report-to-github.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';

const IMAGE = 'registry/ansari-whatsapp@sha256:b';

function reportWith(webService: Parameters<typeof reportToGitHub>[0]['webService'], asked = true) {
  const folder = temporaryFolder();
  const [output, summary] = [join(folder, 'output'), join(folder, 'summary')];
  const lines: string[] = [];
  const reported = reportToGitHub({
    ...{ stack: 'staging', outcome: 'deployed', image: IMAGE, webService },
    environment: asked ? { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary } : {},
    print: (line) => lines.push(line),
  });
  return { reported, lines, read: () => [output, summary].map((file) => readFileSync(file, 'utf8')) };
}

it('writes the outcome and the URL for the workflow', async () => {
  const { reported, read } = reportWith(async () => ({ url: 'https://web', image: IMAGE }));
  await reported;
  const [output, summary] = read();
  expect(output).toBe('url=https://web\noutcome=deployed\n');
  expect(summary).toContain(`| runs | ${IMAGE} |`);
});

it('writes the outcome when AWS fails', async () => {
  const { reported, lines, read } = reportWith(() => Promise.reject(new Error('the token has expired')));
  await reported;
  expect(read()[0]).toBe('url=\noutcome=deployed\n');
  expect(lines).toEqual(["GitHub's summary lacks what runs now: the token has expired"]);
});

it('does not call AWS outside of a workflow', async () => {
  const { reported, lines } = reportWith(() => Promise.reject(new Error('not to be asked')), false);
  await reported;
  expect(lines).toEqual([]);
});
