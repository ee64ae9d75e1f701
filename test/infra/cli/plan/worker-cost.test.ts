import { describe, expect, it } from 'vitest';
import { totalOf, workerCost, workerFor } from '#infra/cli/plan/worker-cost.ts';

const lambda = (messages: number) => totalOf(workerCost({ kind: 'lambda', gb: 0.5 }, messages));
const fargate = (messages: number) => totalOf(workerCost(workerFor('fargate', messages), messages));

describe('the monthly cost of the worker', () => {
  it('grows on Lambda with the time that the assistant takes', () => {
    // 12 s of 0.5 GB at $13.3334 per million GB-seconds; an invocation; three requests of SQS; 400 bytes of log.
    const perMillion = 12 * 0.5 * 13.3334 + 0.2 + 3 * 0.4 + 0.2;
    expect(lambda(2_000_000) - lambda(1_000_000)).toBeCloseTo(perMillion, 6);
  });

  it('hardly grows on Fargate until another task is needed', () => {
    expect(fargate(1_000_000) - fargate(0)).toBeCloseTo(4 * 0.4, 6);
    expect(workerFor('fargate', 5_000_000)).toMatchObject({ tasks: 1 });
    expect(workerFor('fargate', 10_000_000)).toMatchObject({ tasks: 2 });
  });

  it('is lower on Lambda up to about 0.16 million messages, and lower on Fargate above', () => {
    expect(lambda(150_000)).toBeLessThan(fargate(150_000));
    expect(lambda(170_000)).toBeGreaterThan(fargate(170_000));
    expect(lambda(1_000_000)).toBeGreaterThan(5 * fargate(1_000_000));
  });

  it('has no public address in a private subnet', () => {
    const task = { kind: 'fargate', tasks: 3, vcpu: 0.25, gb: 0.5 } as const;
    const [open, closed] = [true, false].map((hasPublicAddress) =>
      totalOf(workerCost({ ...task, hasPublicAddress }, 0)),
    );
    expect((open ?? 0) - (closed ?? 0)).toBeCloseTo(3 * 730 * 0.005, 6);
  });
});
