import { appendFileSync } from 'node:fs';
import type { Print } from '../../../scripts/command.ts';
import type { WebService } from './web-service.ts';

interface DeploymentReport {
  readonly stack: string;
  readonly outcome: string;
  readonly image: string;
  /** What runs now. */
  readonly webService: () => Promise<Pick<WebService, 'url' | 'image'> | undefined>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: Print;
}

/**
 * Writes the outputs `url` and `outcome`, and the summary of a workflow's run; nothing outside of a workflow (GitHub
 * Actions, "Variables": `GITHUB_OUTPUT`, `GITHUB_STEP_SUMMARY`). Does not throw for an error of `webService`, since the
 * outcome would be lost.
 */
export async function reportToGitHub({
  stack,
  outcome,
  image,
  webService,
  environment,
  print,
}: DeploymentReport): Promise<void> {
  const { GITHUB_STEP_SUMMARY, GITHUB_OUTPUT } = environment;
  if (!GITHUB_OUTPUT && !GITHUB_STEP_SUMMARY) return;
  const running = await webService().catch((error: Error) => {
    print(`GitHub's summary lacks what runs now: ${error.message}`);
    return { url: '', image: 'unknown' };
  });
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `url=${running?.url ?? ''}\noutcome=${outcome}\n`);
  if (!GITHUB_STEP_SUMMARY) return;
  const rows = { stack, outcome, image, runs: running?.image ?? 'nothing', address: running?.url ?? '' };
  const table = Object.entries(rows).map(([key, value]) => `| ${key} | ${value} |`);
  appendFileSync(GITHUB_STEP_SUMMARY, ['| deployment | |', '| --- | --- |', ...table, ''].join('\n'));
}
