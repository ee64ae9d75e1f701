import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEnvBusinesses } from '../../../app/businesses/env.ts';
import { Forgotten, Refused, Unavailable, Unknown } from '../../../app/conversation/errors.ts';
import type { Message } from '../../../app/conversation/message.ts';
import { createWork, type WorkRules } from '../../../app/conversation/work.ts';
import type { Business, ConversationStore } from '../../../app/ports.ts';
import { createMemoryStore } from '../../../app/stores/memory/store.ts';
import { type ScriptedAssistant, scriptedAssistant } from '../../fakes/assistant.ts';
import { type ScriptedChannel, scriptedChannel } from '../../fakes/channel.ts';
import { type SettableClock, settableClock } from '../../fakes/clock.ts';
import { AISHA, message, NUMBER, status } from '../../fakes/messages.ts';

const HOUR = 60 * 60 * 1000;
const RULES: WorkRules = {
  underMaintenance: false,
  staleAfterMs: 2 * HOUR,
  ignoredPrefix: '!d ',
  retentionMs: 3 * HOUR,
  reconcileMs: 20_000,
  confirmMs: 0,
  leaseMs: 10_000,
  mostAttempts: 3,
  windowMs: 1_000,
};
const OURS: Business = { channel: 'meta', number: NUMBER, accessToken: 'secret' };

let clock: SettableClock;
let store: ConversationStore;
let assistant: ScriptedAssistant;
let channel: ScriptedChannel;
beforeEach(() => {
  clock = settableClock();
  store = createMemoryStore({ clock, newId: randomUUID });
  assistant = scriptedAssistant();
  channel = scriptedChannel({ '131026': new Refused('nobody there', { code: '131026' }) });
});

/** Accepts the messages, then looks at the conversation once. */
async function look(
  messages: readonly Message[],
  rules: Partial<WorkRules> = {},
  stop = new AbortController(),
) {
  const accepted = await store.accept(messages);
  const conversation = accepted[0]?.conversation ?? lastConversation;
  lastConversation = conversation;
  const ports = {
    store,
    assistant,
    clock,
    businesses: createEnvBusinesses([OURS]),
    channels: { meta: channel },
  };
  return createWork({ ...ports, jitter: () => 0 }, { ...RULES, ...rules })(conversation, stop.signal);
}
let lastConversation = '';
const lookAgain = (rules: Partial<WorkRules> = {}, stop = new AbortController()) => look([], rules, stop);
const now = (text = 'What is zakat?', rest: Parameters<typeof message>[1] = {}) =>
  message(text, { sentAt: clock.now(), ...rest });
const saidTo = () => channel.taken.map(({ part }) => part.text);

describe('a turn', () => {
  it('asks the assistant and sends its words to the person, marked with the key of the part', async () => {
    const report = await look([now()]);
    expect(report).toMatchObject({ outcome: 'answered', attempt: 1, sent: 1 });
    expect(saidTo()).toEqual(['An answer.']);
    expect(channel.taken[0]?.to).toEqual(AISHA);
    expect(assistant.questions).toEqual([
      { account: AISHA.phone, threadId: 'thread-1', text: 'What is zakat?' },
    ]);
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
  });

  it('merges the bubbles of one window into one question, in the order they were sent', async () => {
    await look([
      now('and fasting?', { sentAt: clock.now() - 100 }),
      now('What breaks prayer', { sentAt: clock.now() - 200 }),
    ]);
    expect(assistant.questions.map(({ text }) => text)).toEqual(['What breaks prayer\nand fasting?']);
  });

  it('answers what came meanwhile in the next turn, after its own window', async () => {
    assistant.next.push(async () => {
      await store.accept([now('One more thing')]);
      return 'First.';
    });
    const report = await look([now()]);
    expect(report.lookAgainAt).toBe(clock.now() + RULES.windowMs);
    await lookAgain();
    expect(assistant.questions[1]?.text).toBe('One more thing');
    expect(saidTo()).toEqual(['First.', 'An answer.']);
  });

  it('registers a person once, in the language they write', async () => {
    await look([now('ما هي الزكاة؟')]);
    await look([now('وما هو الصوم؟')]);
    expect(assistant.registered).toEqual([{ account: AISHA.phone, language: 'ar' }]);
  });

  it('goes on in a thread within the retention time and opens a new one, titled by six words, after it', async () => {
    await look([now('one two three four five six seven')]);
    clock.advance(3 * HOUR - 1);
    await look([now()]);
    clock.advance(3 * HOUR + 1);
    await look([now()]);
    expect(assistant.opened.map(({ title }) => title)).toEqual([
      'one two three four five six',
      'What is zakat?',
    ]);
    expect(assistant.questions.map(({ threadId }) => threadId)).toEqual(['thread-1', 'thread-1', 'thread-2']);
  });

  it('finds the thread that the assistant remembers when we remember none', async () => {
    assistant.last = { id: 'from-before', lastAt: clock.now() - HOUR };
    await look([now()]);
    expect(assistant.questions[0]?.threadId).toBe('from-before');
    expect(assistant.opened).toEqual([]);
  });

  it('begins anew when the assistant has forgotten the person', async () => {
    await look([now()]);
    assistant.next.push(() => {
      throw new Forgotten('who?');
    });
    expect(await look([now()])).toMatchObject({ outcome: 'answered', attempt: 1 });
    expect(assistant.registered).toHaveLength(2);
    expect(assistant.questions.at(-1)?.threadId).toBe('thread-2');
  });

  it('shows typing for the last message', async () => {
    const last = now('second', { sentAt: clock.now() + 1 });
    await look([now('first'), last]);
    expect(channel.typingFor).toEqual([last.id]);
  });

  it('refreshes typing while the assistant thinks, and not after', async () => {
    let finish = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (finish = resolve)));
    const looking = look([now()]);
    await until(() => channel.typingFor.length === 1);
    clock.advance(20_000);
    await until(() => channel.typingFor.length === 2);
    finish('At last.');
    await looking;
    clock.advance(60_000);
    expect(channel.typingFor).toHaveLength(2);
  });
});

describe('policy', () => {
  it('says that the service is under maintenance', async () => {
    await look([now()], { underMaintenance: true });
    expect(assistant.questions).toEqual([]);
    expect(saidTo().join(' ')).toMatch(/maintenance/i);
  });

  it.each([
    ['under maintenance', 0, { underMaintenance: true }],
    ['too late', 3 * HOUR, {}],
  ])('speaks the language of a first message that comes %s', async (_, ageMs, rules) => {
    await look([now('ما هي الزكاة؟', { sentAt: clock.now() - ageMs })], rules);
    expect(saidTo().join()).toMatch(/يُرجى إعادة إرسال/);
  });

  it('asks to send an old message again, and says nothing to one that nobody may answer any more', async () => {
    await look([now('old', { sentAt: clock.now() - 3 * HOUR })]);
    expect(assistant.questions).toEqual([]);
    expect(saidTo()).toHaveLength(1);
    expect(await look([now('older', { sentAt: clock.now() - 25 * HOUR })])).toMatchObject({
      outcome: 'silent',
      sent: 0,
    });
  });

  it('says one sentence per kind that it cannot read, and answers the words beside it', async () => {
    const image = () => now('', { content: { kind: 'unreadable', type: 'image' } });
    await look([image(), image()]);
    const [sentence] = saidTo();
    expect(saidTo()).toHaveLength(1);
    await look([image(), now()]);
    expect(saidTo().slice(1).join(' ')).toContain('An answer.');
    expect(saidTo().slice(1).join(' ').replaceAll(/\s+/g, ' ')).toContain(
      sentence?.split(' ').slice(0, 3).join(' '),
    );
  });

  it('leaves messages for another deployment alone', async () => {
    expect(await look([now('!d test')])).toMatchObject({ outcome: 'silent', sent: 0 });
    expect(assistant.questions).toEqual([]);
  });
});

describe('when the assistant fails', () => {
  const down = () => {
    throw new Unavailable('backend: 500');
  };

  it('rests longer after each attempt, then apologises once and leaves a dead letter', async () => {
    assistant.next.push(down, down, down);
    const first = await look([now()]);
    expect(first).toMatchObject({ outcome: 'again', attempt: 1, lookAgainAt: clock.now() + 1_000 });
    expect(await lookAgain()).toMatchObject({ outcome: 'later' });
    clock.advance(1_000);
    expect(await lookAgain()).toMatchObject({
      outcome: 'again',
      attempt: 2,
      lookAgainAt: clock.now() + 2_000,
    });
    clock.advance(2_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'buried', attempt: 3 });
    expect(await lookAgain()).toMatchObject({ outcome: 'apologised', sent: 1 });
    expect(saidTo()).toHaveLength(1);
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'attempts: backend: 500' }]);
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
  });

  it('does not count an attempt against a turn when everybody is affected', async () => {
    assistant.next.push(() => {
      throw new Unavailable('the key was refused', { scope: 'app', retryAfterMs: 60_000 });
    });
    expect(await look([now()])).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 60_000 });
    clock.advance(60_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', attempt: 1 });
  });

  it('apologises at once when the assistant refuses for good', async () => {
    assistant.next.push(() => {
      throw new Refused('too long', { code: '422' });
    });
    await look([now()]);
    await lookAgain();
    expect(saidTo()).toHaveLength(1);
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: 422' }]);
  });

  it('apologises in the language of a first question, although nobody could be registered', async () => {
    assistant.register = () => Promise.reject(new Refused('no'));
    await look([now('ما هي الزكاة؟')]);
    await lookAgain();
    expect(saidTo().join()).toMatch(/نعتذر/);
  });

  it('treats a mistake of ours like any other failure: the lane goes on', async () => {
    assistant.next.push(...Array.from({ length: 3 }, () => () => JSON.parse('{')));
    await look([now()]);
    for (const ms of [1_000, 2_000, 0]) {
      clock.advance(ms);
      await lookAgain();
    }
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'attempts: SyntaxError' }]);
    expect(await look([now()])).toMatchObject({ outcome: 'answered' });
  });

  it('buries a turn that kills its worker every time, although no attempt ever ended', async () => {
    await store.accept([now()]).then(([first]) => (lastConversation = first?.conversation ?? ''));
    for (let crash = 0; crash < RULES.mostAttempts; crash += 1) {
      await store.claim(lastConversation, RULES.leaseMs);
      clock.advance(RULES.leaseMs);
    }
    expect(await lookAgain()).toMatchObject({ outcome: 'buried' });
    await lookAgain();
    expect(assistant.questions).toEqual([]);
    expect(saidTo()).toHaveLength(1);
  });
});

describe('when a send fails', () => {
  const three = () => `${'a'.repeat(150)}\n\n${'b'.repeat(150)}\n\n${'c'.repeat(150)}`;

  it('goes on at the part that failed, with the same words, without asking again', async () => {
    for (let failing = 0; failing < 3; failing += 1) {
      assistant.next.push(three);
      const before = channel.taken.length;
      const good = (take: () => string) => take();
      const bad = () => {
        throw new Unavailable('throttled', { scope: 'pair', retryAfterMs: 4_000 });
      };
      channel.next.push(...Array.from({ length: failing }, () => good), bad);
      expect(await look([now()])).toMatchObject({ outcome: 'again' });
      clock.advance(4_000);
      expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
      expect(saidTo().slice(before)).toEqual(three().split('\n\n'));
    }
    expect(assistant.questions).toHaveLength(3);
  });

  it('waits for the status of a send of unknown outcome, and does not repeat it when it was sent', async () => {
    channel.next.push((take) => {
      take();
      throw new Unknown('timed out');
    });
    expect(await look([now()])).toMatchObject({
      outcome: 'again',
      lookAgainAt: clock.now() + RULES.reconcileMs,
    });
    expect(await lookAgain()).toMatchObject({ outcome: 'later' });
    const key = channel.taken[0]?.part.key ?? '';
    await store.recordStatuses([status(key, 'sent')]);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(channel.taken).toHaveLength(1);
  });

  it('repeats it, with the same key, when no status comes', async () => {
    channel.next.push((take) => {
      take();
      throw new Unknown('timed out');
    });
    await look([now()]);
    clock.advance(RULES.reconcileMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 1 });
    expect(channel.taken.map(({ part }) => part.again)).toEqual([false, true]);
    expect(new Set(channel.taken.map(({ part }) => part.key)).size).toBe(1);
  });

  it('does not repeat it when the status came after the turn was claimed', async () => {
    channel.next.push((take) => {
      take();
      throw new Unknown('timed out');
    });
    await look([now()]);
    clock.advance(RULES.reconcileMs);
    const { claim } = store;
    store = {
      ...store,
      async claim(...given) {
        const claimed = await claim(...given);
        await store.recordStatuses([status(channel.taken[0]?.part.key ?? '', 'sent')]);
        return claimed;
      },
    };
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(channel.taken).toHaveLength(1);
  });

  it('waits for the status after a crash between the send and its mark', async () => {
    await store.accept([now()]).then(([first]) => (lastConversation = first?.conversation ?? ''));
    const claim = await store.claim(lastConversation, RULES.leaseMs);
    if (!claim.claimed) throw new Error('not claimed');
    const [part] = await store.writeReply(claim.lease, ['An answer.'], {});
    await store.markSending(claim.lease, part?.key ?? '');
    clock.advance(RULES.leaseMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 10_000 });
    expect(channel.taken).toEqual([]);
  });

  it('judges a send whose status says failed: again, or never', async () => {
    const lost = () => {
      throw new Unknown('timed out');
    };
    channel.next.push(lost, lost);
    await look([now()]);
    await store.recordStatuses([status(channel.tried[0] ?? '', 'failed', { code: '131000' })]);
    expect(await lookAgain()).toMatchObject({ outcome: 'again' });
    await store.recordStatuses([status(channel.tried[0] ?? '', 'failed', { code: '131026' })]);
    expect(await lookAgain()).toMatchObject({ outcome: 'buried' });
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: 131026' }]);
    expect(channel.taken).toEqual([]);
  });

  it('marks as sent again only what nobody saw end', async () => {
    channel.next.push(() => {
      throw new Unknown('timed out');
    });
    await look([now()]);
    await store.recordStatuses([status(channel.tried[0] ?? '', 'failed', { code: '131000' })]);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
    expect(channel.taken.map(({ part }) => part.again)).toEqual([false]);
  });

  it('sends the next part when the platform has confirmed the one before', async () => {
    assistant.next.push(three);
    const looking = look([now()], { confirmMs: 1_000 });
    for (const sent of [1, 2]) {
      await until(() => channel.tried.length === sent);
      await settle();
      expect(channel.tried).toHaveLength(sent);
      await store.recordStatuses([status(channel.tried[sent - 1] ?? '', 'sent')]);
      clock.advance(150);
    }
    expect(await looking).toMatchObject({ outcome: 'answered', sent: 3 });
  });

  it('does not wait for ever for a phone that is off', async () => {
    assistant.next.push(three);
    const looking = look([now()], { confirmMs: 1_000 });
    for (const sent of [1, 2]) {
      await until(() => channel.tried.length === sent);
      await settle();
      expect(channel.tried).toHaveLength(sent);
      clock.advance(1_000);
    }
    expect(await looking).toMatchObject({ outcome: 'answered', sent: 3 });
  });

  it('does not apologise to a person whom the platform refuses', async () => {
    channel.next.push(() => {
      throw new Refused('outside the window', { code: '131047' });
    });
    expect(await look([now()])).toMatchObject({ outcome: 'buried' });
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
    expect(channel.taken).toEqual([]);
  });
});

describe('a reply that is given up', () => {
  const lost = () => {
    throw new Unknown('timed out');
  };
  /** Every send of it ends without anybody knowing how. */
  async function inDoubt(sends = RULES.mostAttempts) {
    channel.next.push(...Array.from({ length: sends }, () => lost));
    await look([now()]);
    for (let attempt = 1; attempt < sends; attempt += 1) {
      clock.advance(RULES.reconcileMs);
      expect(await lookAgain()).toMatchObject({ outcome: 'again' });
    }
  }

  it('is not sent once more in front of its apology', async () => {
    await inDoubt();
    expect(await lookAgain()).toMatchObject({ outcome: 'later' });
    clock.advance(RULES.reconcileMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'buried' });
    expect(await lookAgain()).toMatchObject({ outcome: 'apologised', sent: 1 });
    expect(channel.tried).toHaveLength(RULES.mostAttempts + 1);
    expect(saidTo()).toEqual([expect.stringMatching(/^Sorry/)]);
  });

  it('has no apology when a status proves at last that it came', async () => {
    await inDoubt();
    await store.recordStatuses([status(channel.tried[0] ?? '', 'delivered')]);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
    expect(channel.tried).toHaveLength(RULES.mostAttempts);
    expect(await store.deadLetters(1)).toEqual([]);
  });

  it('has no apology when it came and only its end could not be written', async () => {
    const awake = store;
    store = { ...awake, finish: () => Promise.reject(new Error('a mistake')) };
    await look([now()]);
    for (let attempt = 1; attempt < RULES.mostAttempts; attempt += 1) {
      clock.advance(60_000);
      await lookAgain().catch(() => {});
    }
    store = awake;
    clock.advance(60_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 0 });
    expect(saidTo()).toEqual(['An answer.']);
  });

  it('waits for the status of what a worker sent that died over its last attempt', async () => {
    await inDoubt(RULES.mostAttempts - 1);
    clock.advance(RULES.reconcileMs);
    const claim = await store.claim(lastConversation, RULES.leaseMs);
    if (!claim.claimed) throw new Error('not claimed');
    await store.markSending(claim.lease, channel.tried[0] ?? '');
    clock.advance(RULES.leaseMs);
    expect(await lookAgain()).toMatchObject({ outcome: 'again', lookAgainAt: clock.now() + 10_000 });
    await store.recordStatuses([status(channel.tried[0] ?? '', 'sent')]);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered' });
    expect(channel.tried).toHaveLength(RULES.mostAttempts - 1);
  });

  it('says nothing more of an apology that cannot be said', async () => {
    assistant.next.push(() => {
      throw new Refused('too long', { code: '422' });
    });
    channel.next.push(() => {
      throw new Refused('nobody there', { code: '131026' });
    });
    expect(await look([now()])).toMatchObject({ outcome: 'buried' });
    expect(await lookAgain()).toMatchObject({ outcome: 'silent', error: { code: '131026' } });
    expect(await lookAgain()).toMatchObject({ outcome: 'idle' });
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: 422' }]);
  });
});

describe('leaving and losing', () => {
  it('gives the work back when the process must leave, without counting the attempt', async () => {
    const stop = new AbortController();
    assistant.next.push(
      (_question, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          stop.abort(new Error('leaving'));
        }),
    );
    expect(await look([now()], {}, stop)).toMatchObject({ outcome: 'stopped' });
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', attempt: 1 });
  });

  it('counts the attempt when the turn has taken all the time there is, and gives up in the end', async () => {
    const outOfTime = () => {
      const stop = new AbortController();
      assistant.next.push(
        (_question, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            stop.abort(new Unavailable('out of time'));
          }),
      );
      return stop;
    };
    expect(await look([now()], { mostAttempts: 2 }, outOfTime())).toMatchObject({ outcome: 'again' });
    clock.advance(60_000);
    expect(await lookAgain({ mostAttempts: 2 }, outOfTime())).toMatchObject({ outcome: 'buried' });
    expect(await store.deadLetters(1)).toMatchObject([{ reason: 'attempts: out of time' }]);
  });

  it('renews the lease while the assistant thinks', async () => {
    let finish = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (finish = resolve)));
    const looking = look([now()]);
    await until(() => assistant.questions.length === 1);
    for (let third = 0; third < 12; third += 1) {
      clock.advance(RULES.leaseMs / 3 + 1);
      await settle();
    }
    expect(await store.claim(lastConversation, 1)).toMatchObject({ because: 'held' });
    finish('Slow.');
    expect(await looking).toMatchObject({ outcome: 'answered' });
  });

  it('says and sends nothing once another has taken over', async () => {
    let finish = (_answer: string) => {};
    assistant.next.push(() => new Promise((resolve) => (finish = resolve)));
    const stalled = look([now()]);
    await until(() => assistant.questions.length === 1);
    // The process sleeps past its lease: its clock has moved, its timers have not run.
    clock.advance(RULES.leaseMs);
    const winner = lookAgain();
    finish('Too late.');
    expect(await winner).toMatchObject({ outcome: 'answered' });
    expect(await stalled).toMatchObject({ outcome: 'lost' });
    expect(saidTo()).toEqual(['An answer.']);
  });

  it('does not send when it slept after writing down that it would', async () => {
    const awake = store;
    store = {
      ...awake,
      async markSending(lease, key) {
        await awake.markSending(lease, key);
        clock.advance(2_001);
      },
    };
    expect(await look([now()])).toMatchObject({ outcome: 'again', attempt: 1 });
    expect(channel.tried).toEqual([]);
    store = awake;
    clock.advance(1_000);
    expect(await lookAgain()).toMatchObject({ outcome: 'answered', sent: 1 });
  });

  it('is harmless when called for nothing and twice at once', async () => {
    const conversation = (await store.accept([now()]))[0]?.conversation ?? '';
    lastConversation = conversation;
    const reports = await Promise.all([lookAgain(), lookAgain()]);
    expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['answered', 'held']);
    expect(saidTo()).toHaveLength(1);
  });

  it('reports a store that is down, and looks again later each time, until it is back', async () => {
    let isDown = true;
    const ports = {
      store: {
        ...store,
        async claim(...given: Parameters<ConversationStore['claim']>) {
          if (isDown) throw new Unavailable('store: the disk is full');
          return store.claim(...given);
        },
      },
      assistant,
      clock,
      businesses: createEnvBusinesses([OURS]),
      channels: { meta: channel },
    };
    const work = createWork({ ...ports, jitter: () => 0 }, RULES);
    const rests: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const { outcome, lookAgainAt = 0 } = await work('any', new AbortController().signal);
      expect(outcome).toBe('store-down');
      clock.advance(500);
      // Who meets it meanwhile waits with the others, and makes nobody's rest longer.
      const late = await work('other', new AbortController().signal);
      expect(late.lookAgainAt).toBe(lookAgainAt);
      rests.push(lookAgainAt - clock.now() + 500);
      clock.advance(lookAgainAt - clock.now());
    }
    expect(rests).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    isDown = false;
    await work('any', new AbortController().signal);
    isDown = true;
    const again = await work('any', new AbortController().signal);
    expect(again.lookAgainAt).toBe(clock.now() + 2_000);
  });
});

async function settle(): Promise<void> {
  for (let tick = 0; tick < 20; tick += 1) await new Promise(setImmediate);
}

async function until(condition: () => boolean): Promise<void> {
  for (let tick = 0; tick < 5_000 && !condition(); tick += 1) await new Promise(setImmediate);
  if (!condition()) throw new Error('it did not come to that');
}
