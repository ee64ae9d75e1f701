import { appendFileSync } from 'node:fs';
import type { Print } from '../../../scripts/command.ts';

interface Drift {
  readonly stack: string;
  readonly differences: readonly string[];
  readonly notCompared: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: Print;
}

/**
 * Prints what was found. In a workflow it also writes the output of the stack's name and the summary (GitHub Actions,
 * "Variables": `GITHUB_OUTPUT`, `GITHUB_STEP_SUMMARY`).
 */
export function reportDrift({ stack, differences, notCompared, environment, print }: Drift): void {
  const outcome = differences.length === 0 ? 'same' : 'differs';
  const lines = [
    outcome === 'same'
      ? `${stack}: the account matches the state.`
      : `${stack}: ${differences.length} differ from the state; what a refresh would do to the state:`,
    ...differences.map((line) => `- ${line}`),
    ...notCompared.map((urn) => `- not compared, it holds a secret: ${urn}`),
  ];
  for (const line of lines) print(line);
  const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY } = environment;
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `${stack}=${outcome}\n`);
  if (GITHUB_STEP_SUMMARY) appendFileSync(GITHUB_STEP_SUMMARY, `${lines.join('\n')}\n`);
}
