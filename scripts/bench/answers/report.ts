import { type AnswersResults, STAGES, type Stage } from './run.ts';

const NAMES: Readonly<Record<Stage, string>> = {
  stored: '200',
  asked: 'backend asked',
  firstByte: 'first byte',
  firstPart: 'first part out',
};

/** Returns the times as a table. */
export function reportOf({ machine, plan, times }: AnswersResults): string {
  return [
    machine,
    `time to answer, ${plan.messages} messages of as many people at ${plan.perSecond}/s, seen from outside: from the request to each`,
    'stage, in ms. The backend answers immediately, so all of it is the time of the program.',
    '',
    `${'p50 (p95)'.padEnd(40)}${STAGES.map((stage) => NAMES[stage].padStart(22)).join('')}`,
    ...times.map(
      ({ name, stages, unanswered }) =>
        `${name.padEnd(40)}${STAGES.map((stage) => cell(stages[stage])).join('')}${unanswered > 0 ? `  ${unanswered} UNANSWERED` : ''}`,
    ),
  ].join('\n');
}

function cell({ p50, p95 }: { readonly p50: number; readonly p95: number }): string {
  return `${p50.toFixed(1)} (${p95.toFixed(1)})`.padStart(22);
}
