import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it as plain } from 'vitest';
import { createEnvBusinesses } from '#app/businesses/env.ts';
import { newestInbound } from '#app/conversation/window.ts';
import { createWork } from '#app/conversation/work.ts';
import { Unavailable } from '#app/domain/errors.ts';
import type { Content, Message } from '#app/domain/message.ts';
import { TEMPLATE } from '#app/domain/template.ts';
import type { Channel } from '#app/ports/channel.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { scriptedAssistant } from '../../../fakes/assistant.ts';
import { scriptedChannel } from '../../../fakes/channel.ts';
import { settableClock } from '../../../fakes/clock.ts';
import { NO_HAND_OFFS } from '../../../fakes/hand-offs.ts';
import { limitsIn } from '../../../fakes/limits.ts';
import { message, NUMBER, status } from '../../../fakes/messages.ts';
import { HOUR, RULES, turnTest } from './turn-test.ts';

const DAY = 24 * HOUR;
const MINUTE = 60_000;
const OUTSIDE = { outcome: 'buried', error: { code: 'outside-window' } };

const down = () => {
  throw new Unavailable('the assistant is down', { scope: 'app', retryAfterMs: 1_000 });
};

const it = turnTest();

describe('outside the 24-hour window', () => {
  it.for([
    ['a text', {}],
    ['a picture', { content: { kind: 'unreadable', type: 'image' } as const }],
  ] as const)(
    '%s becomes a dead letter, and nothing is sent',
    async ([, rest], { clock, assistant, channel, store, sentNow, wake, wakeAgain }) => {
      expect(await wake([sentNow('old', { sentAt: clock.now() - DAY, ...rest })])).toMatchObject(OUTSIDE);
      expect(await wakeAgain()).toMatchObject({ outcome: 'idle' });
      expect(assistant.questions).toEqual([]);
      expect(channel.typingFor).toEqual([]);
      expect(channel.attempted).toEqual([]);
      expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: outside-window', messages: 1 }]);
    },
  );

  it('a template is sent where one is configured, once', async ({
    clock,
    channel,
    store,
    sentNow,
    wake,
    wakeAgain,
    sentTexts,
  }) => {
    channel.hasTemplate = () => true;
    expect(await wake([sentNow('old', { sentAt: clock.now() - DAY })])).toMatchObject(OUTSIDE);
    expect(await wakeAgain()).toMatchObject({ outcome: 'apologised', sent: 1 });
    expect(await wakeAgain()).toMatchObject({ outcome: 'idle' });
    expect(sentTexts()).toEqual([TEMPLATE]);
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: outside-window' }]);
  });

  it('the maintenance notice is not sent either', async ({ clock, channel, sentNow, wake }) => {
    const old = sentNow('old', { sentAt: clock.now() - DAY });
    expect(await wake([old], { underMaintenance: true })).toMatchObject(OUTSIDE);
    expect(channel.attempted).toEqual([]);
  });

  it('there is a margin for the send', async ({ clock, channel, sentNow, wake }) => {
    const rules = { staleAfterMs: 2 * DAY };
    expect(await wake([sentNow('last', { sentAt: clock.now() - DAY + MINUTE })], rules)).toMatchObject(
      OUTSIDE,
    );
    expect(await wake([sentNow('in time', { sentAt: clock.now() - DAY + MINUTE + 1 })], rules)).toMatchObject(
      { outcome: 'answered' },
    );
    expect(channel.sent).toHaveLength(1);
  });

  it('messages of another deployment are no work', async ({ clock, sentNow, wake, store }) => {
    expect(await wake([sentNow('!d old', { sentAt: clock.now() - DAY })])).toMatchObject({
      outcome: 'silent',
    });
    expect(await store.deadLetters(5)).toEqual([]);
  });

  it('a turn waits for the assistant until the window closes, and no question is asked then', async ({
    clock,
    assistant,
    channel,
    sentNow,
    wake,
    wakeAgain,
  }) => {
    assistant.defaultStep = down;
    expect(await wake([sentNow()], { staleAfterMs: 2 * DAY })).toMatchObject({ outcome: 'again' });
    clock.advance(DAY);
    assistant.defaultStep = () => 'An answer.';
    expect(await wakeAgain({ staleAfterMs: 2 * DAY })).toMatchObject(OUTSIDE);
    expect(assistant.questions).toHaveLength(1);
    expect(channel.attempted).toEqual([]);
  });

  it('a written reply is not sent, when the token was refused for a day', async ({
    clock,
    channel,
    store,
    sentNow,
    wake,
    wakeAgain,
    sentTexts,
  }) => {
    channel.hasTemplate = () => true;
    channel.next.push(() => {
      throw new Unavailable('the token was refused', { scope: 'number', alarm: 'token-refused' });
    });
    expect(await wake([sentNow()])).toMatchObject({ outcome: 'again' });
    clock.advance(DAY);
    expect(await wakeAgain()).toMatchObject(OUTSIDE);
    expect(await wakeAgain()).toMatchObject({ outcome: 'apologised' });
    expect(sentTexts()).toEqual([TEMPLATE]);
    expect(await store.deadLetters(5)).toHaveLength(1);
  });

  it('an apology that could not be sent in time is not sent, and the conversation continues', async ({
    clock,
    assistant,
    channel,
    sentNow,
    wake,
    wakeAgain,
    sentTexts,
  }) => {
    assistant.next.push(() => {
      throw new Error('a mistake');
    });
    expect(await wake([sentNow()], { maxAttempts: 1 })).toMatchObject({ outcome: 'buried' });
    clock.advance(DAY);
    expect(await wakeAgain()).toMatchObject({ outcome: 'silent', error: { code: 'outside-window' } });
    expect(channel.attempted).toEqual([]);
    await wake([sentNow('new')]);
    expect(sentTexts()).toEqual(['An answer.']);
  });

  it('a turn that is given up for another reason gets the template instead of the apology', async ({
    clock,
    assistant,
    channel,
    sentNow,
    wake,
    wakeAgain,
    sentTexts,
  }) => {
    channel.hasTemplate = () => true;
    assistant.next.push(() => {
      clock.advance(DAY);
      throw new Error('a mistake');
    });
    expect(await wake([sentNow()], { maxAttempts: 1 })).toMatchObject({ outcome: 'buried' });
    await wakeAgain();
    expect(sentTexts()).toEqual([TEMPLATE]);
  });

  it('a dead letter that is sent back is answered once the person wrote again', async ({
    clock,
    assistant,
    store,
    sentNow,
    wake,
    wakeAgain,
    sentTexts,
  }) => {
    const rules = { staleAfterMs: 2 * DAY };
    await wake([sentNow('old', { sentAt: clock.now() - DAY })], rules);
    await wake([sentNow('new')], rules);
    const [{ turnId = '' } = {}] = await store.deadLetters(1);
    await store.redrive(turnId);
    expect(await wakeAgain(rules)).toMatchObject({ outcome: 'answered' });
    expect(assistant.questions.map(({ text }) => text)).toEqual(['new', 'old']);
    expect(sentTexts()).toEqual(['An answer.', 'An answer.']);
  });

  it('a dead letter that is sent back asks for the message again when it is old', async ({
    clock,
    assistant,
    store,
    sentNow,
    wake,
    wakeAgain,
    sentTexts,
  }) => {
    await wake([sentNow('old', { sentAt: clock.now() - DAY })]);
    await wake([sentNow('new')]);
    const [{ turnId = '' } = {}] = await store.deadLetters(1);
    await store.redrive(turnId);
    await wakeAgain();
    expect(assistant.questions).toHaveLength(1);
    expect(sentTexts()).toEqual(['An answer.', expect.stringMatching(/too late/)]);
  });

  it('a part that fails after its turn is not sent again, and no template', async ({
    clock,
    channel,
    store,
    sentNow,
    wake,
    wakeAgain,
  }) => {
    channel.hasTemplate = () => true;
    await wake([sentNow()]);
    clock.advance(DAY);
    const [{ part: { key } = { key: '' }, platformId = '' } = {}] = channel.sent;
    await store.recordStatuses([status(key, 'failed', { platformId, code: '131000' })]);
    expect(await wakeAgain()).toMatchObject(OUTSIDE);
    expect(await wakeAgain()).toMatchObject({ outcome: 'idle' });
    expect(channel.sent).toHaveLength(1);
    expect(await store.deadLetters(5)).toMatchObject([{ reason: 'refused: outside-window', messages: 0 }]);
  });
});

describe('the newest message of a person', () => {
  const content = fc.constantFrom<Content>(
    { kind: 'text', text: 'a' },
    { kind: 'unreadable', type: 'image' },
    { kind: 'takeover' },
    { kind: 'resume' },
  );

  plain('is never one of an operator, and never older than what is stored', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(content, fc.nat(100)), { minLength: 1 }),
        fc.option(fc.nat(100), { nil: undefined }),
        (sent, inboundAt) => {
          const messages = sent.map(([content, sentAt]): Message => message('', { content, sentAt }));
          const standing = inboundAt === undefined ? {} : { standing: { inboundAt } };
          const newestAt = Math.max(...sent.map(([, sentAt]) => sentAt));
          const ofPerson = sent.flatMap(([{ kind }, sentAt]) =>
            kind === 'text' || kind === 'unreadable' ? [sentAt] : [],
          );
          expect(newestInbound(standing, { messages, newestAt })).toBe(
            Math.max(0, inboundAt ?? 0, ...ofPerson),
          );
        },
      ),
    );
  });

  plain('is that of the turn when its messages are deleted', () => {
    expect(newestInbound({}, { messages: [], newestAt: 7 })).toBe(7);
  });
});

/** What happens after so much time has passed: the person writes, or a worker looks, whose next sends fail. */
const event = fc.record({
  afterMs: fc.constantFrom(0, 1_000, HOUR, 12 * HOUR, DAY - MINUTE, DAY),
  what: fc.constantFrom('writes', 'delivered late', 'wakes', 'wakes', 'assistant down', 'number refused'),
});

plain('no free text is sent 24 hours after the person wrote, whatever was down meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 12 }), fc.boolean(), async (events, hasTemplate) => {
      const clock = settableClock();
      const store = createMemoryStore({ clock, newId: randomUUID });
      const assistant = scriptedAssistant();
      const channel = scriptedChannel();
      channel.hasTemplate = () => hasTemplate;
      let conversation = '';
      let wroteAt = 0;
      const tooLate: string[] = [];
      const watched: Channel = {
        ...channel,
        async send(business, to, part) {
          if (part.text !== TEMPLATE && clock.now() - wroteAt >= DAY) tooLate.push(part.text);
          return channel.send(business, to, part);
        },
      };
      const work = createWork(
        {
          ...{ store, clock, assistantOf: () => assistant, channels: { meta: watched } },
          ...{ limits: limitsIn(clock), handOffs: NO_HAND_OFFS, jitter: () => 0 },
          businesses: createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]),
        },
        { ...RULES, staleAfterMs: 3 * DAY, maxAttempts: 2 },
      );
      for (const { what, afterMs } of events) {
        clock.advance(afterMs);
        if (what === 'writes' || what === 'delivered late') {
          const sentAt = clock.now() - (what === 'writes' ? 0 : 30 * HOUR);
          wroteAt = Math.max(wroteAt, sentAt);
          const [accepted] = await store.accept([message('a question', { sentAt })]);
          conversation = accepted?.conversation ?? '';
        } else {
          assistant.next.splice(0, Infinity, ...(what === 'assistant down' ? [down] : []));
          channel.next.splice(0, Infinity, ...(what === 'number refused' ? [down] : []));
          await work(conversation, new AbortController().signal);
        }
      }
      expect(tooLate).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
