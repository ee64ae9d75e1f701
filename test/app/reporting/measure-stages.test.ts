import { expect, it } from 'vitest';
import type { TurnStage } from '#app/metrics.ts';
import type { Step } from '#app/ports/tracer.ts';
import { measureStages } from '#app/reporting/measure-stages.ts';
import { settableClock } from '../../fakes/clock.ts';

function start() {
  const clock = settableClock(1_000_000);
  const stages: [TurnStage, number][] = [];
  const tracer = measureStages({
    metrics: { turnStage: (stage, ms) => stages.push([stage, ms]) },
    now: clock.now,
  });
  return { clock, stages, step: (step: Step) => tracer.step(step) };
}

const turn = 'turn-1';

it('each stage is measured from the oldest message of the turn, once', () => {
  const { clock, stages, step } = start();
  step({ name: 'claimed', turn, attempt: 1, sentAt: 999_000 });
  step({ name: 'claimed', turn, attempt: 1, sentAt: 998_000 });
  clock.advance(1_000);
  step({ name: 'asked', turn });
  step({ name: 'first_byte', turn });
  clock.advance(1_000);
  for (let part = 0; part < 2; part++) {
    step({ name: 'written', turn });
    step({ name: 'sent', turn, part });
    step({ name: 'status', turn, part, outcome: 'sent' });
    step({ name: 'status', turn, part, outcome: 'delivered' });
    clock.advance(1_000);
  }
  expect(stages).toEqual([
    ...[['claimed', 2_000] as const, ['first_byte', 3_000] as const, ['written', 4_000] as const],
    ...[['first_part', 4_000] as const, ['delivered', 4_000] as const],
  ]);
});

it('a later attempt goes on with the stages that are not reached', () => {
  const { clock, stages, step } = start();
  step({ name: 'claimed', turn, attempt: 2, sentAt: 999_000 });
  step({ name: 'first_byte', turn });
  step({ name: 'released', turn });
  clock.advance(5_000);
  step({ name: 'claimed', turn, attempt: 3, sentAt: 999_000 });
  step({ name: 'first_byte', turn });
  step({ name: 'written', turn });
  expect(stages).toEqual([
    ['first_byte', 1_000],
    ['written', 6_000],
  ]);
});

it('a platform whose clock is ahead makes no negative time, and an unknown turn none at all', () => {
  const { stages, step } = start();
  step({ name: 'status', turn: 'of another process', outcome: 'delivered' });
  step({ name: 'status', outcome: 'delivered' });
  step({ name: 'claimed', turn, attempt: 1, sentAt: 1_000_500 });
  step({ name: 'finished', turn });
  expect(stages).toEqual([['claimed', 0]]);
});
