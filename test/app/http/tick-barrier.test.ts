import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTickBarrier } from '#app/http/tick-barrier.ts';

describe('the tick barrier', () => {
  it('continues all callers of one event-loop tick together, step by step', async () => {
    const gathered = createTickBarrier();
    const steps: string[] = [];
    const go = async (name: string) => {
      await gathered();
      steps.push(`${name}1`);
      await undefined;
      steps.push(`${name}2`);
    };
    await Promise.all([go('a'), go('b'), go('c')]);
    expect(steps).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  });

  it('resolves at the end of the tick; later callers get their own barrier', async () => {
    const gathered = createTickBarrier();
    const ended: string[] = [];
    const first = gathered().then(() => ended.push('first'));
    expect(ended).toEqual([]);
    await turn();
    expect(ended).toEqual(['first']);
    const second = gathered().then(() => ended.push('second'));
    await Promise.resolve();
    expect(ended).toEqual(['first']);
    await Promise.all([first, second]);
    expect(ended).toEqual(['first', 'second']);
  });
});
