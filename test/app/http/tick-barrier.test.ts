import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTickBarrier } from '#app/http/tick-barrier.ts';

describe('the tick barrier', () => {
  it('continues all callers of one event-loop tick together, step by step', async () => {
    const barrier = createTickBarrier();
    const steps: string[] = [];
    const run = async (name: string) => {
      await barrier();
      steps.push(`${name}1`);
      await undefined;
      steps.push(`${name}2`);
    };
    await Promise.all([run('a'), run('b'), run('c')]);
    expect(steps).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  });

  it('resolves at the end of the tick; later callers get their own barrier', async () => {
    const barrier = createTickBarrier();
    const ended: string[] = [];
    const first = barrier().then(() => ended.push('first'));
    expect(ended).toEqual([]);
    await turn();
    expect(ended).toEqual(['first']);
    const second = barrier().then(() => ended.push('second'));
    await Promise.resolve();
    expect(ended).toEqual(['first']);
    await Promise.all([first, second]);
    expect(ended).toEqual(['first', 'second']);
  });
});
