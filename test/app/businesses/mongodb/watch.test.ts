import { MongoServerError } from 'mongodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ChangeFeed, watchChanges } from '#app/businesses/mongodb/watch.ts';
import { settableClock } from '../../../fakes/clock.ts';

type Step = { event: unknown; token: unknown } | { nothing: unknown } | { fails: unknown } | 'ends';

const deletion = (id: string) => ({ operationType: 'delete', documentKey: { _id: id } });
const serverError = (code: number) => new MongoServerError({ message: `code ${code}`, code });

/** Feeds of scripted steps; after its last one a feed waits until it is closed. */
function watching(...feeds: readonly (readonly Step[] | Error)[]) {
  const clock = settableClock();
  const seen: string[] = [];
  const opened: unknown[] = [];
  const idle = feeds.map(() => Promise.withResolvers<void>());
  const watch = watchChanges({
    clock,
    async open(resumeAfter) {
      const index = opened.push(resumeAfter) - 1;
      const steps = feeds[index];
      if (steps === undefined) throw new Error('no more feeds are expected');
      if (steps instanceof Error) {
        idle[index]?.resolve();
        throw steps;
      }
      return feedOf(steps, () => idle[index]?.resolve());
    },
    onChange: (change) => seen.push(change.kind === 'all' ? 'all' : `changed ${change.id}`),
    onGap: () => seen.push('gap'),
    onUnsupported: () => seen.push('unsupported'),
    onInterrupted: () => seen.push('interrupted'),
  });
  onTestFinished(() => watch.stop());
  return { clock, seen, opened, watch, idle: (index: number) => idle[index]?.promise };
}

function feedOf(steps: readonly Step[], onIdle: () => void): ChangeFeed {
  const left = [...steps];
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => {});
  const feed = {
    resumeToken: undefined as unknown,
    closed: false,
    async tryNext() {
      const step = left.shift();
      if (step === undefined) {
        onIdle();
        return closed.promise;
      }
      if (step === 'ends') {
        feed.closed = true;
        return null;
      }
      if ('fails' in step) {
        onIdle();
        throw step.fails;
      }
      feed.resumeToken = 'nothing' in step ? step.nothing : step.token;
      return 'nothing' in step ? null : step.event;
    },
    async close() {
      feed.closed = true;
      closed.reject(new Error('closed'));
    },
  };
  return feed;
}

describe('the changes of the businesses', () => {
  it('are reported from the opening on; what was cached before may have changed', async () => {
    const { seen, watch, opened, idle } = watching([
      { nothing: 't1' },
      { event: deletion('a'), token: 't2' },
    ]);
    await watch.begun;
    await idle(0);
    expect(seen).toEqual(['gap', 'changed a']);
    expect(opened).toEqual([undefined]);
  });

  it('continue where they were interrupted, after a while that grows', async () => {
    const away = new Error('no server');
    const { seen, opened, clock, idle } = watching(
      [{ event: deletion('a'), token: 't1' }, { fails: away }],
      away,
      [{ event: deletion('b'), token: 't2' }],
    );
    await idle(0);
    await settled();
    clock.advance(999);
    await settled();
    expect(opened).toHaveLength(1);
    clock.advance(1);
    await idle(1);
    await settled();
    clock.advance(1_999);
    await settled();
    expect(opened).toHaveLength(2);
    clock.advance(1);
    await idle(2);
    expect(opened).toEqual([undefined, 't1', 't1']);
    expect(seen).toEqual(['gap', 'changed a', 'interrupted', 'changed b']);
  });

  it.each([280, 286, 260])('have a gap when they cannot continue: code %d', async (code) => {
    const { seen, opened, clock, idle } = watching(
      [{ nothing: 't1' }, { fails: new Error('cut') }],
      serverError(code),
      [{ nothing: 't3' }],
    );
    await idle(0);
    await settled();
    clock.advance(1_000);
    await idle(1);
    await settled();
    clock.advance(2_000);
    await idle(2);
    expect(opened).toEqual([undefined, 't1', undefined]);
    expect(seen).toEqual(['gap', 'interrupted', 'gap']);
  });

  it('are followed anew after the collection was dropped', async () => {
    const drop = { operationType: 'invalidate' };
    const { seen, opened, idle } = watching([{ event: drop, token: 't1' }, 'ends'], [{ nothing: 't2' }]);
    await idle(1);
    expect(opened).toEqual([undefined, undefined]);
    expect(seen).toEqual(['gap', 'all', 'gap']);
  });

  it.each([40573, 238, 40324, 59, 13])('are not followed where there are none: code %d', async (code) => {
    const { seen, opened, clock, watch } = watching([{ fails: serverError(code) }]);
    await watch.begun;
    clock.advance(3_600_000);
    await settled();
    expect([seen, opened]).toEqual([['unsupported'], [undefined]]);
  });

  it('do not hold up the start while the database is away', async () => {
    const { seen, watch } = watching(new Error('away'));
    await watch.begun;
    expect(seen).toEqual(['interrupted']);
  });

  it('are followed no longer after the stop, in whatever state', async () => {
    const open = watching([{ nothing: 't1' }]);
    await open.idle(0);
    await open.watch.stop();
    const away = watching(new Error('away'));
    await away.watch.begun;
    await away.watch.stop();
    expect([open.seen, away.seen]).toEqual([['gap'], ['interrupted']]);
  });
});

/** Runs what does not wait for the clock. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
