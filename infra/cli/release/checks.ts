import type { Print } from '../../../scripts/command.ts';

/** Result of one check. `skipped`: it could not run; that fails nothing, but is always printed. */
export interface Finding {
  readonly name: string;
  readonly outcome: 'good' | 'bad' | 'warning' | 'skipped';
  readonly message: string;
  /** The command or sentence that fixes it. */
  readonly fix?: string;
}

const SIGNS = { good: 'ok     ', bad: 'FAILED ', warning: 'warning', skipped: 'skipped' };

export const good = (name: string, message: string): Finding => ({ name, outcome: 'good', message });
export const skipped = (name: string, message: string, fix?: string): Finding =>
  found('skipped', name, message, fix);
/** A warning always names its fix. */
export const warning = (name: string, message: string, fix: string): Finding =>
  found('warning', name, message, fix);
export const bad = (name: string, message: string, fix: string): Finding => found('bad', name, message, fix);

function found(outcome: Finding['outcome'], name: string, message: string, fix: string | undefined): Finding {
  return { name, outcome, message, ...(fix === undefined ? {} : { fix }) };
}

/** Prints a finding as soon as it is known, with its fix on the next line. */
export function report({ name, outcome, message, fix }: Finding, print: Print): void {
  print(`${SIGNS[outcome]} ${name}: ${message}`);
  if (fix !== undefined) for (const line of fix.split('\n')) print(`          ${line}`);
}

/** Prints the summary. Returns true when no finding is bad. */
export function conclude(findings: readonly Finding[], print: Print): boolean {
  const count = (outcome: Finding['outcome']) =>
    findings.filter((finding) => finding.outcome === outcome).length;
  const rest = [
    ...(count('warning') > 0 ? [`${count('warning')} to look at`] : []),
    ...(count('skipped') > 0 ? [`${count('skipped')} not checked`] : []),
  ];
  print(`\n${[`${count('good')} good`, `${count('bad')} failed`, ...rest].join(', ')}`);
  return count('bad') === 0;
}

interface Format {
  readonly json: boolean;
  /** What was checked. */
  readonly about: Readonly<Record<string, string>>;
}

/** As `conclude`; with `json` prints one object with every finding instead of the summary. */
export function concludeAs({ json, about }: Format, findings: readonly Finding[], print: Print): boolean {
  if (!json) return conclude(findings, print);
  const passed = findings.every(({ outcome }) => outcome !== 'bad');
  print(JSON.stringify({ ...about, passed, findings }, undefined, 2));
  return passed;
}
