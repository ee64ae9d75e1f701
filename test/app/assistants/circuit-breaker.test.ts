import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { withCircuitBreaker } from '#app/assistants/circuit-breaker.ts';
import { createEnvBusinesses } from '#app/businesses/env.ts';
import { createWork } from '#app/conversation/work.ts';
import type { ConversationId } from '#app/domain/conversation.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { type ScriptedAssistant, scriptedAssistant } from '../../fakes/assistant.ts';
import { scriptedChannel } from '../../fakes/channel.ts';
import { type SettableClock, settableClock } from '../../fakes/clock.ts';
import { NO_HAND_OFFS } from '../../fakes/hand-offs.ts';
import { limitsIn } from '../../fakes/limits.ts';
import { message, NUMBER } from '../../fakes/messages.ts';

const MINUTE = 60_000;
const RULES = {
  underMaintenance: false,
  handOffMs: 24 * 60 * 60 * 1000,
  operatorQuietMs: 0,
  staleAfterMs: 120 * MINUTE,
  questionsPerDay: 0,
  aiNotice: false,
  retentionMs: 180 * MINUTE,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: 10_000,
  maxAttempts: 10,
  windowMs: 0,
};
const refuse = () => {
  throw new Unavailable('no such key', { scope: 'app', code: 'backend-key', alarm: 'backend-key' });
};
const never = new AbortController().signal;

let clock: SettableClock;
let inner: ScriptedAssistant;
/** The calls that reached the assistant. */
let asked: { readonly assistantUserId: string; readonly at: number }[];
/** The assistant's reply to a user; set by the tests. */
let reply: (assistantUserId: string) => string | Promise<string>;
beforeEach(() => {
  clock = settableClock();
  inner = scriptedAssistant();
  asked = [];
  reply = () => 'An answer.';
  const ask = async (assistantUserId: string) => {
    asked.push({ assistantUserId, at: clock.now() });
    return reply(assistantUserId);
  };
  inner.register = async (assistantUserId) => void (await ask(assistantUserId));
  inner.answer = async ({ assistantUserId }) => ({ text: await ask(assistantUserId) });
});

/** Runs the due wake-ups of all conversations one after another, each in the next process. */
function simulation(processes = 1) {
  const store = createMemoryStore({ clock, newId: randomUUID });
  const channel = scriptedChannel();
  const ports = {
    store,
    clock,
    jitter: () => 0.5,
    businesses: createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]),
    channels: { meta: channel },
    limits: limitsIn(clock),
    handOffs: NO_HAND_OFFS,
  };
  const workers = Array.from({ length: processes }, () => {
    const assistant = withCircuitBreaker(inner, clock);
    return createWork({ ...ports, assistantOf: () => assistant }, RULES);
  });
  let wakeUps = 0;
  const work: ReturnType<typeof createWork> = (...args) => {
    const worker = workers[wakeUps % processes];
    wakeUps += 1;
    return worker === undefined ? Promise.reject(new Error('no worker')) : worker(...args);
  };
  const due = new Map<ConversationId, number>();
  return {
    store,
    channel,
    async write(phone: string) {
      const [accepted] = await store.accept([message('Why?', { person: { phone }, sentAt: clock.now() })]);
      if (accepted !== undefined) due.set(accepted.conversation, clock.now());
    },
    async advance(ms: number) {
      const until = clock.now() + ms;
      for (;;) {
        const [next] = [...due].sort(([, a], [, b]) => a - b);
        if (next === undefined || next[1] > until) break;
        const [conversation, at] = next;
        clock.advance(Math.max(0, at - clock.now()));
        due.delete(conversation);
        const { lookAgainAt } = await work(conversation, never);
        if (lookAgainAt !== undefined) due.set(conversation, lookAgainAt);
      }
      clock.advance(until - clock.now());
    },
  };
}

const phones = (count: number) => Array.from({ length: count }, (_, index) => `1555${1000 + index}`);

describe('a rejected key', () => {
  it.each([1, 2, 300])('is sent about twenty times in an hour while %i people wait', async (count) => {
    reply = refuse;
    const { write, advance } = simulation();
    for (const phone of phones(count)) await write(phone);
    await advance(60 * MINUTE);
    // One call for each of two people at first, then one per cooldown.
    expect(asked.length).toBeLessThan(26);
    expect(asked.length).toBeGreaterThan(15);
  });

  it('is sent about as often by each of several processes, as in Lambda', async () => {
    reply = refuse;
    const { write, advance, channel } = simulation(5);
    for (const phone of phones(100)) await write(phone);
    await advance(60 * MINUTE);
    expect(asked.length).toBeLessThan(5 * 26);
    reply = () => 'An answer.';
    await advance(4 * MINUTE);
    expect(channel.sent).toHaveLength(100);
  });

  it('counts no attempts, and all people are answered within the maximum cooldown after it is fixed', async () => {
    reply = refuse;
    const { write, advance, channel, store } = simulation();
    for (const phone of phones(50)) await write(phone);
    await advance(60 * MINUTE);
    reply = () => 'An answer.';
    await advance(4 * MINUTE);
    expect(channel.sent).toHaveLength(50);
    expect(await store.deadLetters(1)).toEqual([]);
  });

  it('starts with short cooldowns again after an answer', async () => {
    reply = refuse;
    const { write, advance } = simulation();
    for (const phone of phones(2)) await write(phone);
    await advance(30 * MINUTE);
    reply = () => 'An answer.';
    await advance(5 * MINUTE);
    reply = refuse;
    asked = [];
    for (const phone of phones(4).slice(2)) await write(phone);
    await advance(10_000);
    expect(asked.length).toBeGreaterThan(3);
  });
});

describe('one person whose requests are rejected', () => {
  it('delays no other person, and ends as a dead letter', async () => {
    reply = (assistantUserId) => (assistantUserId === '15551000' ? refuse() : 'An answer.');
    const { write, advance, channel, store } = simulation();
    await write('15551000');
    for (let minute = 0; minute < 60; minute += 1) {
      await write('15551001');
      await advance(0);
      expect(channel.sent.filter(({ to }) => to.phone === '15551001')).toHaveLength(minute + 1);
      await advance(MINUTE);
    }
    expect(await store.deadLetters(5)).toMatchObject([
      { reason: expect.stringContaining('for this person only') },
    ]);
  });

  it('is not treated as a failure of one person while no other person is answered', async () => {
    reply = refuse;
    const { write, advance, store } = simulation();
    await write('15551000');
    await advance(90 * MINUTE);
    expect(await store.deadLetters(5)).toEqual([]);
  });

  it('is not given up after a rate limit, however often others are answered', async () => {
    reply = (assistantUserId) => {
      if (assistantUserId === '15551000')
        throw new Unavailable('slow down', { scope: 'app', code: 'http-429' });
      return 'An answer.';
    };
    const { write, advance, store } = simulation();
    await write('15551000');
    for (let minute = 0; minute < 60; minute += 1) {
      await write('15551001');
      await advance(MINUTE);
    }
    expect(await store.deadLetters(5)).toEqual([]);
  });
});

describe('half-open', () => {
  const question = (assistantUserId: string) => ({ assistantUserId, threadId: 't', text: 'Why?' });

  /** The assistant has rejected two people, and the cooldown is over. */
  async function halfOpen() {
    const assistant = withCircuitBreaker(inner, clock);
    reply = refuse;
    for (const assistantUserId of ['a', 'b'])
      await assistant.answer(question(assistantUserId), never).catch(() => {});
    clock.advance(2_000);
    asked = [];
    return assistant;
  }

  it('one request is the probe and the others wait for its outcome: rejected', async () => {
    const assistant = await halfOpen();
    const trial = Promise.withResolvers<string>();
    reply = () => trial.promise;
    const all = ['c', 'd', 'e'].map((assistantUserId) => assistant.answer(question(assistantUserId), never));
    await settle();
    expect(asked.map(({ assistantUserId }) => assistantUserId)).toEqual(['c']);
    trial.reject(new Unavailable('no', { scope: 'app', code: 'backend-key', alarm: 'backend-key' }));
    const outcomes = await Promise.allSettled(all);
    expect(asked).toHaveLength(1);
    for (const end of outcomes) {
      expect(end).toMatchObject({
        reason: { scope: 'app', code: 'backend-key', alarm: 'backend-key', retryAfterMs: 4_000 },
      });
    }
  });

  it('an answer closes the breaker at once', async () => {
    const assistant = await halfOpen();
    const trial = Promise.withResolvers<string>();
    reply = () => trial.promise;
    const all = ['c', 'd', 'e'].map((assistantUserId) => assistant.answer(question(assistantUserId), never));
    await settle();
    reply = () => 'Another.';
    trial.resolve('An answer.');
    expect(await Promise.all(all)).toMatchObject([
      { text: 'An answer.' },
      { text: 'Another.' },
      { text: 'Another.' },
    ]);
  });

  it('a probe that is not rejected within five seconds closes the breaker', async () => {
    const assistant = await halfOpen();
    reply = () => new Promise(() => {});
    for (const assistantUserId of ['c', 'd', 'e']) void assistant.answer(question(assistantUserId), never);
    await settle();
    expect(asked).toHaveLength(1);
    clock.advance(5_000);
    await settle();
    expect(asked).toHaveLength(3);
  });

  it('the next request is the probe when a probe ends without an outcome', async () => {
    const assistant = await halfOpen();
    const first = new AbortController();
    inner.answer = ({ assistantUserId }, signal) => {
      asked.push({ assistantUserId, at: clock.now() });
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const cancelled = assistant.answer(question('c'), first.signal);
    void assistant.answer(question('d'), never);
    void assistant.answer(question('e'), never);
    await settle();
    first.abort(new Error('stop'));
    await expect(cancelled).rejects.toThrow('stop');
    await settle();
    expect(asked.map(({ assistantUserId }) => assistantUserId)).toEqual(['c', 'd']);
  });

  it('a waiting request rejects with the reason of its signal', async () => {
    const assistant = await halfOpen();
    const stop = new AbortController();
    reply = () => new Promise(() => {});
    void assistant.answer(question('c'), never);
    const waiting = assistant.answer(question('d'), stop.signal);
    await settle();
    stop.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
  });

  it('an answer to a question from before the rejections ends no cooldown', async () => {
    const assistant = withCircuitBreaker(inner, clock);
    const early = Promise.withResolvers<string>();
    reply = () => early.promise;
    const old = assistant.answer(question('old'), never);
    await settle();
    clock.advance(1);
    reply = refuse;
    for (const assistantUserId of ['a', 'b'])
      await assistant.answer(question(assistantUserId), never).catch(() => {});
    early.resolve('A late answer.');
    expect(await old).toEqual({ text: 'A late answer.' });
    asked = [];
    await expect(assistant.answer(question('c'), never)).rejects.toMatchObject({ retryAfterMs: 2_000 });
    expect(asked).toEqual([]);
  });

  it('a cooldown lasts as long as the assistant asks for', async () => {
    const assistant = withCircuitBreaker(inner, clock);
    reply = () => {
      throw new Unavailable('slow down', { scope: 'app', retryAfterMs: 90_000 });
    };
    for (const assistantUserId of ['a', 'b'])
      await assistant.answer(question(assistantUserId), never).catch(() => {});
    await expect(assistant.answer(question('c'), never)).rejects.toMatchObject({ retryAfterMs: 90_000 });
  });
});

async function settle(): Promise<void> {
  for (let tick = 0; tick < 20; tick += 1) await new Promise(setImmediate);
}
