import type { StepLine } from '../tracing/step-line.ts';

/** Returns what a step says beside its name, on one line. */
export function describe({ step, message, attempt, part, parts, sent, outcome, code, ms }: StepLine): string {
  return [
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
    ...(part === undefined ? [] : [`part ${part + 1}`]),
    ...(parts === undefined ? [] : [`${parts} part(s)`]),
    ...(outcome === undefined ? [] : [outcome]),
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(ms === undefined ? [] : [durationText(step, ms)]),
    ...(message === undefined ? [] : [`message=${message}`]),
    ...(sent === undefined ? [] : [`sent=${sent}`]),
  ].join(', ');
}

function durationText(step: StepLine['step'], ms: number): string {
  if (step === 'woken') return `due in ${ms} ms`;
  return step === 'released' ? `next attempt in ${ms} ms` : `took ${ms} ms`;
}
