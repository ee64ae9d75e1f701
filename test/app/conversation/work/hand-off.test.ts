import { describe, expect } from 'vitest';
import { createWork } from '#app/conversation/work.ts';
import { Refused, Unavailable } from '#app/domain/errors.ts';
import type { Message } from '#app/domain/message.ts';
import { crashingProcess } from '../../../fakes/crashing-process.ts';
import { AISHA, message, status } from '../../../fakes/messages.ts';
import { HOUR, RULES, turnTest } from './turn-test.ts';

const it = turnTest().extend(
  'fromBusiness',
  ({ clock }) =>
    (kind: 'takeover' | 'resume'): Message =>
      message('', { sentAt: clock.now(), content: { kind } }),
);

const WANTED = { text: 'That is for a scholar.', handOff: { reason: 'The person asks for a fatwa.' } };
const PROMISE = /A person from our team will answer you here/;

describe('an answer that asks for a person', () => {
  it('is sent with one sentence that says so, delivered, and followed by nothing but events', async ({
    assistant,
    desk,
    sentNow,
    wake,
    sentTexts,
    conversation,
  }) => {
    assistant.next.push(() => WANTED);
    expect(await wake([sentNow('What is the ruling?')])).toMatchObject({
      ...{ outcome: 'answered', sent: 1, handOff: 'assistant' },
    });
    expect(sentTexts()).toEqual([
      expect.stringMatching(/^That is for a scholar\.\s+A person from our team will answer/),
    ]);
    const [event] = desk.delivered;
    expect(event).toEqual({
      ...{ id: expect.any(String), event: 'handed_off', at: expect.any(Number), language: 'en' },
      ...{ conversation: conversation(), business: 'env', channel: 'meta', number: '100000000000001' },
      ...{ person: AISHA, reason: 'The person asks for a fatwa.', text: 'What is the ruling?' },
    });

    expect(await wake([sentNow('Hello?'), sentNow('Anybody?')])).toMatchObject({
      outcome: 'silent',
      sent: 0,
    });
    expect(assistant.questions).toHaveLength(1);
    expect(sentTexts()).toHaveLength(1);
    expect(desk.delivered.slice(1)).toMatchObject([{ event: 'message', text: 'Hello?\nAnybody?' }]);
    expect(new Set(desk.delivered.map(({ id }) => id)).size).toBe(2);
  });

  it('quiets our own notices too, and the typing indicator', async ({
    assistant,
    channel,
    desk,
    imageNow,
    sentNow,
    wake,
    clock,
  }) => {
    assistant.next.push(() => WANTED);
    await wake([sentNow()]);
    const typing = channel.typingFor.length;
    await wake([imageNow()]);
    await wake([sentNow('maintained')], { underMaintenance: true });
    await wake([sentNow('old', { sentAt: clock.now() - 3 * HOUR })]);
    expect(channel.sent).toHaveLength(1);
    expect(channel.typingFor).toHaveLength(typing);
    expect(desk.delivered.map(({ text }) => text).slice(1)).toEqual(['', 'maintained', 'old']);
  });

  it('ends with HANDOFF_HOURS, or with the command of an operator', async ({
    assistant,
    clock,
    fromBusiness,
    sentNow,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(() => WANTED);
    await wake([sentNow()]);
    clock.advance(24 * HOUR - 1);
    await wake([sentNow('early')]);
    clock.advance(1);
    await wake([sentNow('late')]);
    expect(assistant.questions.at(-1)?.text).toBe('late');

    assistant.next.push(() => WANTED);
    await wake([sentNow('again')]);
    expect(await wake([fromBusiness('resume')])).toMatchObject({ outcome: 'silent', sent: 0 });
    await wake([sentNow('resumed')]);
    expect(assistant.questions.map(({ text }) => text)).toEqual([
      'What is zakat?',
      ...['late', 'again', 'resumed'],
    ]);
    expect(sentTexts().filter((text) => PROMISE.test(text))).toHaveLength(2);
  });

  it('does not quiet the assistant when HANDOFF_HOURS is 0', async ({
    assistant,
    desk,
    sentNow,
    wake,
    sentTexts,
  }) => {
    assistant.next.push(() => WANTED);
    await wake([sentNow()], { handOffMs: 0 });
    await wake([sentNow('And now?')], { handOffMs: 0 });
    expect(desk.delivered.map(({ event }) => event)).toEqual(['handed_off']);
    expect(sentTexts()[1]).toBe('An answer.');
  });

  it('keeps its hand-off when it is read from the thread after a crash', async ({
    assistant,
    desk,
    sentNow,
    wake,
    wakeAgain,
    clock,
    sentTexts,
  }) => {
    assistant.next.push((question) => {
      assistant.store(question, { answer: WANTED });
      throw new Unavailable('the connection broke');
    });
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'again' });
    clock.advance(HOUR / 2);
    expect(await wakeAgain()).toMatchObject({ outcome: 'answered', handOff: 'assistant' });
    expect(assistant.questions).toHaveLength(1);
    expect(sentTexts().join()).toMatch(PROMISE);
    expect(desk.delivered).toMatchObject([{ event: 'handed_off', reason: WANTED.handOff.reason }]);
  });
});

describe('an event', () => {
  it('that the desk does not take is delivered later, however long that takes, and nothing is sent twice', async ({
    assistant,
    desk,
    sentNow,
    wake,
    wakeAgain,
    clock,
    sentTexts,
    store,
  }) => {
    assistant.next.push(() => WANTED);
    desk.failures = 8;
    const first = await wake([sentNow()]);
    expect(first).toMatchObject({ outcome: 'again', error: { alarm: 'hand-off-undelivered' } });
    for (let attempt = 0; attempt < 8; attempt += 1) {
      clock.advance(HOUR / 2);
      await wakeAgain();
    }
    expect(desk.delivered).toMatchObject([{ event: 'handed_off', text: 'What is zakat?' }]);
    expect(sentTexts()).toHaveLength(1);

    desk.failures = 8;
    await wake([sentNow('Hello?')]);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      clock.advance(HOUR / 2);
      await wakeAgain();
    }
    expect(desk.delivered.slice(1)).toMatchObject([{ event: 'message', text: 'Hello?' }]);
    expect(await store.deadLetters(10)).toEqual([]);
  });

  it.for([
    ['before it is delivered', false, 1],
    ['after it was delivered', true, 2],
  ] as const)(
    'survives a crash %s',
    async ([, hasEffect, times], {
      assistant,
      desk,
      accept,
      sentNow,
      wakeAgain,
      workPorts,
      conversation,
      clock,
      sentTexts,
    }) => {
      assistant.next.push(() => WANTED);
      async function crash(): Promise<void> {
        const process = crashingProcess(1, hasEffect);
        const ports = { ...workPorts(), handOffs: process.wrap(desk), jitter: () => 0 };
        const work = createWork(ports, RULES);
        await Promise.race([work(conversation(), new AbortController().signal), process.crashed]);
        clock.advance(RULES.leaseMs);
      }
      await accept([sentNow()]);
      await crash();
      await wakeAgain();
      await accept([sentNow('Hello?')]);
      await crash();
      await wakeAgain();
      expect(sentTexts()).toHaveLength(1);
      const events = desk.delivered.map(({ event, text }) => `${event}: ${text}`);
      expect(events).toEqual([
        ...Array(times).fill('handed_off: What is zakat?'),
        ...Array(times).fill('message: Hello?'),
      ]);
      expect(new Set(desk.delivered.map(({ id }) => id)).size).toBe(2);
    },
  );

  it.for([false, true])(
    'survives a crash at any call to a port (which has its effect: %s)',
    async (hasEffect, {
      assistant,
      channel,
      desk,
      accept,
      sentNow,
      wakeAgain,
      workPorts,
      store,
      conversation,
      clock,
    }) => {
      assistant.defaultStep = () => WANTED;
      let calls = 0;
      for (let hasCrashed = true; hasCrashed; ) {
        calls += 1;
        hasCrashed = false;
        const process = crashingProcess(calls, hasEffect);
        void process.crashed.then(() => {
          hasCrashed = true;
        });
        const person = { phone: `1555000${1000 + calls}` };
        const ports = workPorts();
        const watched = process.wrap(assistant);
        const work = createWork(
          {
            ...{
              ...ports,
              store: process.wrap(store),
              channels: { meta: process.wrap(channel, 'failure', 'hasTemplate') },
            },
            ...{ assistantOf: () => watched, handOffs: process.wrap(desk), jitter: () => 0 },
          },
          RULES,
        );
        for (const text of ['one', 'two']) {
          await accept([sentNow(text, { person })]);
          await Promise.race([work(conversation(), new AbortController().signal), process.crashed]);
          await store.recordStatuses(
            channel.sent.map(({ part, platformId }) => status(part.key, 'sent', { platformId })),
          );
          for (let wakes = 0; wakes < 3; wakes += 1) {
            clock.advance(RULES.leaseMs + RULES.reconcileMs);
            await wakeAgain();
          }
        }
        const own = desk.delivered.filter((event) => event.person.phone === person.phone);
        const events = new Set(own.map(({ id, event, text }) => `${id} ${event} ${text}`));
        expect([...events].map((event) => event.split(' ').slice(1).join(' '))).toEqual([
          'handed_off one',
          'message two',
        ]);
        expect(channel.sent.filter(({ to }) => to.phone === person.phone)).toHaveLength(1);
      }
      expect(calls).toBeGreaterThan(15);
    },
  );

  it.for<[string, () => never]>([
    [
      'the platform refuses',
      () => {
        throw new Refused('nobody there', { code: '131026' });
      },
    ],
    [
      'is never sent',
      () => {
        throw new Unavailable('try again');
      },
    ],
  ])(
    'is delivered although its announcement %s',
    async ([, fails], { assistant, channel, desk, sentNow, wake, wakeAgain, clock, store }) => {
      assistant.next.push(() => WANTED);
      channel.next.push(...Array<typeof fails>(10).fill(fails));
      desk.failures = 2;
      await wake([sentNow()]);
      for (let attempt = 0; attempt < 8; attempt += 1) {
        expect(desk.delivered.length).toBe((await store.deadLetters(10)).length);
        clock.advance(HOUR / 2);
        await wakeAgain();
      }
      expect(desk.delivered).toMatchObject([{ event: 'handed_off', text: 'What is zakat?' }]);
      expect(await store.deadLetters(10)).toHaveLength(1);
    },
  );

  it('of a failed part that is sent again is not delivered again', async ({
    assistant,
    channel,
    desk,
    sentNow,
    store,
    wake,
    wakeAgain,
    clock,
  }) => {
    assistant.next.push(() => WANTED);
    await wake([sentNow()]);
    const [{ part, platformId } = expect.fail('nothing was sent')] = channel.sent;
    const report = { business: 'env', channel: 'meta', number: '100000000000001', at: 0 };
    await store.recordStatuses([
      { ...report, platformId, key: part.key, progress: 'failed', code: '131000' },
    ]);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      clock.advance(HOUR / 2);
      await wakeAgain();
    }
    expect(channel.sent).toHaveLength(2);
    expect(desk.delivered).toHaveLength(1);
  });
});

describe('an operator who writes in the WhatsApp Business app', () => {
  it('quiets the assistant for OPERATOR_QUIET_HOURS after each message, and is told what the person writes', async ({
    assistant,
    clock,
    desk,
    fromBusiness,
    sentNow,
    wake,
  }) => {
    expect(await wake([sentNow('one'), fromBusiness('takeover')])).toMatchObject({
      ...{ outcome: 'silent', handOff: 'operator' },
    });
    expect(desk.delivered).toEqual([]);
    clock.advance(3 * HOUR);
    expect(await wake([fromBusiness('takeover')])).not.toHaveProperty('handOff');
    clock.advance(4 * HOUR - 1);
    await wake([sentNow('two')]);
    expect(desk.delivered).toMatchObject([{ event: 'message', text: 'two' }]);
    clock.advance(1);
    await wake([sentNow('three')]);
    expect(assistant.questions.map(({ text }) => text)).toEqual(['three']);
  });

  it('is not noticed when the platform tells of a message that this service sent', async ({
    assistant,
    fromBusiness,
    sentNow,
    store,
    useStore,
    wake,
  }) => {
    const echo = fromBusiness('takeover');
    useStore({
      ...store,
      quoted: async (_lease, platformId) => (platformId === echo.id ? { position: 0 } : undefined),
    });
    await wake([echo]);
    await wake([sentNow('one')]);
    await wake([fromBusiness('takeover')]);
    await wake([sentNow('two')]);
    expect(assistant.questions.map(({ text }) => text)).toEqual(['one']);
  });
});

describe('STOP and START', () => {
  it('end and begin answers, each with one sentence', async ({
    assistant,
    sentNow,
    imageNow,
    wake,
    sentTexts,
  }) => {
    await wake([sentNow('What is zakat?')]);
    await wake([sentNow('And what is…'), sentNow('STOP')]);
    expect(sentTexts().slice(1)).toEqual([expect.stringMatching(/no more messages.*START/)]);
    for (const silenced of [sentNow('Hello?'), imageNow(), sentNow('stop')]) await wake([silenced]);
    expect(sentTexts()).toHaveLength(2);
    await wake([sentNow('Start.')]);
    expect(sentTexts().slice(2)).toEqual([expect.stringMatching(/^Welcome back/)]);
    await wake([sentNow('And charity?')]);
    expect(assistant.questions.map(({ text }) => text)).toEqual(['What is zakat?', 'And charity?']);
  });

  it('are answered in the language of the person, also over the limit of questions', async ({
    sentNow,
    wake,
    sentTexts,
  }) => {
    const one = { questionsPerDay: 1 };
    await wake([sentNow('ما هي الزكاة وما هي شروطها؟')], one);
    await wake([sentNow('وما هي الصدقة؟')], one);
    await wake([sentNow('STOP')], one);
    await wake([sentNow('START'), sentNow('وما هو الصيام؟')], one);
    expect(sentTexts().slice(2)).toEqual([
      expect.stringMatching(/^لن نُرسل/),
      expect.stringMatching(/^مرحبًا من جديد/),
    ]);
  });

  it('hold after an attempt that failed, and after a turn that was given up', async ({
    assistant,
    sentNow,
    wake,
    wakeAgain,
    clock,
    sentTexts,
  }) => {
    const down = () => Promise.reject(new Unavailable('down'));
    await wake([sentNow('STOP')]);
    assistant.next.push(down);
    await wake([sentNow('START'), sentNow('one')]);
    clock.advance(HOUR / 2);
    await wakeAgain();
    expect(sentTexts().at(-1)).toMatch(/^An answer\.\s+Welcome back/);
    expect(assistant.questions.map(({ text }) => text)).toEqual(['one', 'one']);

    await wake([sentNow('STOP')]);
    assistant.next.push(down, down, down);
    await wake([sentNow('START'), sentNow('two')]);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      clock.advance(HOUR / 2);
      await wakeAgain();
    }
    expect(sentTexts().at(-1)).toMatch(/^Sorry/);
    await wake([sentNow('three')]);
    expect(assistant.questions.at(-1)?.text).toBe('three');
  });

  it('of a day ago are honoured, without a sentence that the platform would refuse', async ({
    clock,
    sentNow,
    wake,
    sentTexts,
    assistant,
  }) => {
    await wake([sentNow('STOP', { sentAt: clock.now() - 25 * HOUR })]);
    await wake([sentNow('Hello?')]);
    expect(sentTexts()).toEqual([]);
    expect(assistant.questions).toEqual([]);
  });

  it('of another deployment are not ours', async ({ sentNow, wake, assistant }) => {
    await wake([sentNow('!d stop')]);
    await wake([sentNow('Hello?')]);
    expect(assistant.questions).toHaveLength(1);
  });
});
