import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeaseLost } from '../../app/conversation/errors.ts';
import type { Message, Progress } from '../../app/conversation/message.ts';
import type { Claim, ConversationStore } from '../../app/ports.ts';
import { type SettableClock, settableClock } from '../fakes/clock.ts';
import { AISHA, BILAL, message, NUMBER, status } from '../fakes/messages.ts';

interface StoreUnderTest {
  readonly name: string;
  open(clock: SettableClock): Promise<ConversationStore>;
}

const DAY = 24 * 60 * 60 * 1000;
const LEASE = 10_000;

/** What every store promises (`ConversationStore` in ports.ts), as a suite that each adapter passes. */
export function storeContract({ name, open }: StoreUnderTest): void {
  describe(`${name} store`, () => {
    let clock: SettableClock;
    let store: ConversationStore;
    beforeEach(async () => {
      clock = settableClock();
      store = await open(clock);
    });
    afterEach(() => store.close());

    const accept = async (first: Message) => (await store.accept([first]))[0] ?? raise('no answer');
    const claim = async (first: Message) =>
      claimed(await store.claim((await accept(first)).conversation, LEASE));
    const answer = async (held: Claimed, texts = ['An answer.']) => {
      const parts = await store.writeReply(held.lease, texts, {});
      for (const { key } of parts) {
        await store.markSending(held.lease, key);
        await store.markSent(held.lease, key, `wamid.of-${key}`);
      }
      return parts;
    };

    describe('accept', () => {
      it('stores a message once, however often it comes', async () => {
        const once = message();
        expect(await accept(once)).toMatchObject({ outcome: 'new' });
        expect(await accept(once)).toMatchObject({ outcome: 'waiting' });
        const { turn } = claimed(await store.claim((await accept(once)).conversation, LEASE));
        expect(turn.messages).toEqual([once]);
      });

      it('stores it once when it comes twice in one batch and in many at once', async () => {
        const once = message();
        const batches = await Promise.all(Array.from({ length: 20 }, () => store.accept([once, once])));
        const outcomes = batches.flat().map(({ outcome }) => outcome);
        expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1);
      });

      it('answers done for a message that was answered, for 8 days', async () => {
        const once = message();
        const held = await claim(once);
        await answer(held);
        await store.finish(held.lease);
        clock.advance(8 * DAY);
        await store.forgetOld();
        expect(await accept(once)).toMatchObject({ outcome: 'done' });
      });

      it('keeps the same id on two channels apart', async () => {
        await store.accept([message('a', { id: 'same' })]);
        const [other] = await store.accept([{ ...message('b', { id: 'same' }), channel: 'twilio' }]);
        expect(other).toMatchObject({ outcome: 'new' });
      });

      it('remembers a silent message and makes no work of it', async () => {
        const silent = message('', { content: { kind: 'silent', type: 'reaction' } });
        const { outcome, conversation } = await accept(silent);
        expect(outcome).toBe('done');
        expect(await store.claim(conversation, LEASE)).toEqual({ claimed: false, because: 'idle' });
        expect(await accept(silent)).toMatchObject({ outcome: 'done' });
      });

      it('keeps any text whole', async () => {
        const text = 'بِسْمِ اللهِ 👨‍👩‍👧 \u0000 " \\ \u202b end';
        const { turn } = await claim(message(text));
        expect(turn.messages[0]?.content).toEqual({ kind: 'text', text });
      });
    });

    describe('who a conversation is with', () => {
      const conversationOf = async (person: Message['person'], number = NUMBER) =>
        (await accept(message('hello', { person, number }))).conversation;

      it('is one conversation per person and number', async () => {
        const first = await conversationOf(AISHA);
        expect(await conversationOf(AISHA)).toBe(first);
        expect(await conversationOf(BILAL)).not.toBe(first);
        expect(await conversationOf(AISHA, '200000000000002')).not.toBe(first);
      });

      it('follows a person who hides the phone number, and one who shows it later', async () => {
        const first = await conversationOf({ phone: '15550003333' });
        expect(await conversationOf({ phone: '15550003333', userId: 'US.3' })).toBe(first);
        expect(await conversationOf({ userId: 'US.3' })).toBe(first);
      });

      it('follows a changed identity that the platform announces, and sends to the new one', async () => {
        const first = await conversationOf({ phone: '15550004444', userId: 'US.4' });
        const moved = { phone: '15550005555', userId: 'US.5', formerly: ['15550004444', 'US.4'] };
        await accept(message('', { person: moved, content: { kind: 'silent', type: 'system' } }));
        expect(await conversationOf({ userId: 'US.5' })).toBe(first);
        const { conversation } = claimed(await store.claim(first, LEASE));
        expect(conversation.person).toEqual({ phone: '15550005555', userId: 'US.5' });
        expect(conversation.account).toBe('15550004444');
      });

      it('keeps everything in order when a person shows a second identity while messages wait', async () => {
        const first = message('one', { person: { userId: 'US.6' } });
        const { conversation } = await accept(first);
        const second = message('two', { person: { userId: 'US.6', phone: '15550006666' } });
        const third = message('three', { person: { phone: '15550006666' } });
        for (const next of [second, third]) expect((await accept(next)).conversation).toBe(conversation);
        const { turn } = claimed(await store.claim(conversation, LEASE));
        expect(turn.messages).toEqual([first, second, third]);
      });

      it('answers each message once when two people turn out to be one', async () => {
        const byPhone = message('one', { person: { phone: '15550007777' } });
        const byUserId = message('two', { person: { userId: 'US.7' } });
        const byBoth = message('three', { person: { phone: '15550007777', userId: 'US.7' } });
        const ids = [];
        for (const one of [byPhone, byUserId, byBoth]) ids.push((await accept(one)).conversation);
        expect(await accept(byPhone)).toEqual({ outcome: 'waiting', conversation: ids[0] });
        const turns = [];
        for (const id of new Set(ids)) turns.push(claimed(await store.claim(id, LEASE)).turn.messages);
        expect(turns.flat()).toHaveLength(3);
        expect(turns).toEqual([[byPhone], [byUserId, byBoth]]);
      });
    });

    describe('claim', () => {
      it('has nothing to give when nothing waits', async () => {
        expect(await store.claim('nobody', LEASE)).toEqual({ claimed: false, because: 'idle' });
      });

      it('gives all waiting messages by platform time, then arrival', async () => {
        const [late, early, tie] = [
          message('c', { sentAt: 3_000 }),
          message('a', { sentAt: 1_000 }),
          message('d', { sentAt: 3_000 }),
        ];
        await store.accept([late, early, tie]);
        const { turn } = await claim(message('b', { sentAt: 2_000 }));
        expect(turn.messages.map(({ content }) => 'text' in content && content.text)).toEqual([
          'a',
          'b',
          'c',
          'd',
        ]);
      });

      it('counts attempts before the work', async () => {
        const first = await claim(message());
        expect(first.turn.attempt).toBe(1);
        clock.advance(LEASE + 1);
        const second = claimed(await store.claim(first.lease.conversation, LEASE));
        expect(second.turn).toMatchObject({ id: first.turn.id, attempt: 2 });
      });

      it('gives a conversation to one of many at once', async () => {
        const { conversation } = await accept(message());
        const claims = await Promise.all(Array.from({ length: 10 }, () => store.claim(conversation, LEASE)));
        expect(claims.filter(({ claimed: won }) => won)).toHaveLength(1);
        expect(claims.find(({ claimed: won }) => !won)).toEqual({
          claimed: false,
          because: 'held',
          at: clock.now() + LEASE,
        });
      });

      it('leaves what arrives during a turn for the next one', async () => {
        const first = await claim(message('one'));
        clock.advance(500);
        const two = message('two');
        await accept(two);
        await answer(first);
        expect(await store.finish(first.lease)).toEqual({ waitingSince: clock.now() });
        const next = claimed(await store.claim(first.lease.conversation, LEASE));
        expect(next.turn.messages).toEqual([two]);
        expect(next.turn.id).not.toBe(first.turn.id);
      });

      it('lets a flood become several turns', async () => {
        await store.accept(Array.from({ length: 120 }, () => message()));
        const held = await claim(message());
        expect(held.turn.messages.length).toBeLessThanOrEqual(50);
        await answer(held);
        expect(await store.finish(held.lease)).toHaveProperty('waitingSince');
      });
    });

    describe('a lease', () => {
      it('that was taken over does nothing any more, in any method', async () => {
        const loser = await claim(message());
        const [part] = await store.writeReply(loser.lease, ['words'], {});
        clock.advance(LEASE + 1);
        const winner = claimed(await store.claim(loser.lease.conversation, LEASE));
        const key = part?.key ?? '';
        const attempts = [
          store.renew(loser.lease, LEASE),
          store.remember(loser.lease, { language: 'ar' }),
          store.writeReply(loser.lease, ['others'], {}),
          store.markSending(loser.lease, key),
          store.markSent(loser.lease, key, 'wamid.x'),
          store.markUnsent(loser.lease, key),
          store.parts(loser.lease),
          store.finish(loser.lease),
          store.release(loser.lease, { retryAt: 0, countAttempt: true }),
          store.bury(loser.lease, 'why', []),
        ];
        for (const outcome of await Promise.allSettled(attempts)) {
          expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) });
        }
        expect(await store.parts(winner.lease)).toEqual([{ key, text: 'words', state: 'unsent' }]);
      });

      it('renewed in time is not taken over', async () => {
        const held = await claim(message());
        clock.advance(LEASE - 1);
        await store.renew(held.lease, LEASE);
        clock.advance(LEASE - 1);
        expect(await store.claim(held.lease.conversation, LEASE)).toMatchObject({ because: 'held' });
      });

      it('released rests until its time, and the attempt can be given back', async () => {
        const held = await claim(message());
        await store.release(held.lease, { retryAt: clock.now() + 5_000, countAttempt: false });
        const id = held.lease.conversation;
        expect(await store.claim(id, LEASE)).toEqual({
          claimed: false,
          because: 'later',
          at: clock.now() + 5_000,
        });
        clock.advance(5_000);
        expect(claimed(await store.claim(id, LEASE)).turn.attempt).toBe(1);
      });
    });

    describe('a reply', () => {
      it('is written once: the words of the first writing stay', async () => {
        const held = await claim(message());
        const first = await store.writeReply(held.lease, ['one', 'two'], { language: 'en' });
        expect(first.map(({ text, state }) => ({ text, state }))).toEqual([
          { text: 'one', state: 'unsent' },
          { text: 'two', state: 'unsent' },
        ]);
        expect(await store.writeReply(held.lease, ['other'], {})).toEqual(first);
      });

      it('may be empty, and is then written all the same', async () => {
        const held = await claim(message());
        await store.writeReply(held.lease, [], {});
        clock.advance(LEASE + 1);
        expect(claimed(await store.claim(held.lease.conversation, LEASE)).turn.parts).toEqual([]);
      });

      it('goes on at the first unmarked part after a crash', async () => {
        const held = await claim(message());
        const [one, two] = await store.writeReply(held.lease, ['one', 'two', 'three'], {});
        await store.markSending(held.lease, one?.key ?? '');
        await store.markSent(held.lease, one?.key ?? '', 'wamid.1');
        await store.markSending(held.lease, two?.key ?? '');
        const triedAt = clock.now();
        clock.advance(LEASE + 1);
        const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
        expect(turn.parts?.map(({ state }) => state)).toEqual(['sent', 'sending', 'unsent']);
        expect(turn.parts?.[1]).toMatchObject({ text: 'two', triedAt });
      });

      it('keeps keys unique over all turns', async () => {
        const first = await claim(message());
        const [a] = await answer(first);
        await store.finish(first.lease);
        const [b] = await answer(await claim(message()));
        expect(a?.key).not.toBe(b?.key);
      });

      it('takes back a send that did not happen', async () => {
        const held = await claim(message());
        const [part] = await store.writeReply(held.lease, ['one'], {});
        await store.markSending(held.lease, part?.key ?? '');
        await store.markUnsent(held.lease, part?.key ?? '');
        expect(await store.parts(held.lease)).toMatchObject([{ state: 'unsent' }]);
      });

      it('does not take back a send that a status has proved', async () => {
        const held = await claim(message());
        const [part] = await store.writeReply(held.lease, ['one'], {});
        await store.markSending(held.lease, part?.key ?? '');
        await store.recordStatuses([status(part?.key ?? '', 'sent')]);
        await store.markUnsent(held.lease, part?.key ?? '');
        expect(await store.parts(held.lease)).toMatchObject([{ state: 'sent' }]);
      });

      it('remembers facts about the conversation', async () => {
        const held = await claim(message());
        await store.remember(held.lease, { language: 'ar', registered: true });
        await store.writeReply(held.lease, ['x'], { thread: { id: 't1', lastAt: 5 } });
        clock.advance(LEASE + 1);
        expect(claimed(await store.claim(held.lease.conversation, LEASE)).conversation).toMatchObject({
          language: 'ar',
          registered: true,
          thread: { id: 't1', lastAt: 5 },
          account: AISHA.phone,
          channel: 'meta',
          number: NUMBER,
        });
      });
    });

    describe('statuses', () => {
      const sending = async () => {
        const held = await claim(message());
        const [part] = await store.writeReply(held.lease, ['one'], {});
        const key = part?.key ?? raise('no part');
        await store.markSending(held.lease, key);
        return { held, key };
      };

      it('end in the same state whatever their order and number', async () => {
        const reports: Progress[] = ['sent', 'delivered', 'read', 'failed'];
        await fc.assert(
          fc.asyncProperty(
            fc.shuffledSubarray([...reports, ...reports], { minLength: 4, maxLength: 8 }),
            async (order) => {
              const { held, key } = await sending();
              for (const progress of order) await store.recordStatuses([status(key, progress)]);
              const [part] = await store.parts(held.lease);
              const furthest = ['read', 'delivered', 'failed', 'sent'].find((one) =>
                order.includes(one as Progress),
              );
              expect(part?.progress).toBe(furthest);
              await store.finish(held.lease);
            },
          ),
          { numRuns: 25 },
        );
      });

      it('settle an unknown send and let the resting turn go on', async () => {
        const { held, key } = await sending();
        await store.release(held.lease, { retryAt: clock.now() + 60_000, countAttempt: true });
        expect(await store.recordStatuses([status(key, 'sent')])).toEqual([held.lease.conversation]);
        const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
        expect(turn.parts?.[0]).toMatchObject({ state: 'sent', progress: 'sent' });
      });

      it('that say failed leave an unknown send for the turn to judge, with the code', async () => {
        const { held, key } = await sending();
        await store.release(held.lease, { retryAt: clock.now() + 60_000, countAttempt: true });
        const settled = await store.recordStatuses([status(key, 'failed', { code: '131026' })]);
        expect(settled).toEqual([held.lease.conversation]);
        const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
        expect(turn.parts?.[0]).toMatchObject({ state: 'sending', progress: 'failed', code: '131026' });
      });

      it('may come before the send is marked, and the mark does not undo them', async () => {
        const { held, key } = await sending();
        expect(await store.recordStatuses([status(key, 'delivered')])).toEqual([held.lease.conversation]);
        await store.markSent(held.lease, key, `wamid.of-${key}`);
        expect(await store.parts(held.lease)).toMatchObject([{ state: 'sent', progress: 'delivered' }]);
        expect(await store.recordStatuses([status(key, 'read')])).toEqual([]);
      });

      it('are found by the platform id when the key does not come back', async () => {
        const { held, key } = await sending();
        await store.markSent(held.lease, key, 'wamid.plain');
        const { key: _, ...keyless } = status('x', 'read', { platformId: 'wamid.plain' });
        await store.recordStatuses([keyless]);
        expect(await store.parts(held.lease)).toMatchObject([{ progress: 'read' }]);
      });

      it('of something that is not ours are no error', async () => {
        expect(await store.recordStatuses([status('never-sent', 'read')])).toEqual([]);
      });
    });

    describe('giving up', () => {
      it('keeps what was sent, replaces what was not, and counts attempts anew', async () => {
        const held = await claim(message());
        const [one] = await store.writeReply(held.lease, ['one', 'two'], {});
        await store.markSending(held.lease, one?.key ?? '');
        await store.markSent(held.lease, one?.key ?? '', 'wamid.1');
        const parts = await store.bury(held.lease, 'poison', ['Sorry.']);
        expect(parts.map(({ text, state }) => [text, state])).toEqual([
          ['one', 'sent'],
          ['Sorry.', 'unsent'],
        ]);
        expect(await store.bury(held.lease, 'again', ['Twice.'])).toEqual(parts);
        clock.advance(LEASE + 1);
        const { turn } = claimed(await store.claim(held.lease.conversation, LEASE));
        expect(turn).toMatchObject({ buried: 'poison', attempt: 1 });
      });

      it('leaves a dead letter that can be sent back once', async () => {
        const first = message('first');
        const held = await claim(first);
        await store.bury(held.lease, 'poison', []);
        await store.finish(held.lease);
        expect(await accept(first)).toMatchObject({ outcome: 'done' });
        const [letter] = await store.deadLetters(10);
        expect(letter).toMatchObject({
          reason: 'poison',
          messages: 1,
          conversation: held.lease.conversation,
        });
        expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 1 });
        expect(await store.redrive(letter?.turnId ?? '')).toBe(held.lease.conversation);
        expect(await store.redrive(letter?.turnId ?? '')).toBeUndefined();
        const again = claimed(await store.claim(held.lease.conversation, LEASE));
        expect(again.turn.messages).toEqual([first]);
        expect(again.turn.attempt).toBe(1);
      });
    });

    describe('the sweep', () => {
      it('finds work that nobody holds, oldest first', async () => {
        const a = await accept(message('a', { person: AISHA }));
        const b = await accept(message('b', { person: BILAL }));
        expect(await store.due(10, 0)).toEqual([a.conversation, b.conversation]);
        expect(await store.due(1, 0)).toEqual([a.conversation]);
      });

      it('leaves what has just come to its own wake-up', async () => {
        const { conversation } = await accept(message());
        clock.advance(900);
        expect(await store.due(10, 1_000)).toEqual([]);
        clock.advance(100);
        expect(await store.due(10, 1_000)).toEqual([conversation]);
      });

      it('leaves alone what is held, what rests and what is done, and finds it when its time comes', async () => {
        const held = await claim(message());
        expect(await store.due(10, 0)).toEqual([]);
        clock.advance(LEASE);
        expect(await store.due(10, 0)).toEqual([held.lease.conversation]);
        const again = claimed(await store.claim(held.lease.conversation, LEASE));
        await store.release(again.lease, { retryAt: clock.now() + 5_000, countAttempt: true });
        expect(await store.due(10, 0)).toEqual([]);
        clock.advance(5_000);
        expect(await store.due(10, 0)).toEqual([held.lease.conversation]);
        await answer(claimed(await store.claim(held.lease.conversation, LEASE)));
      });

      it('knows how much waits and since when', async () => {
        const since = clock.now();
        await claim(message());
        clock.advance(1_000);
        await accept(message());
        expect(await store.backlog()).toEqual({ waiting: 2, oldestAt: since, deadLetters: 0 });
      });
    });

    describe('forgetting', () => {
      it('lets go of ids, turns and people after their time, and not before', async () => {
        const once = message();
        const held = await claim(once);
        await answer(held);
        await store.finish(held.lease);
        clock.advance(8 * DAY);
        expect(await store.forgetOld()).toBe(0);
        clock.advance(2 * DAY);
        expect(await store.forgetOld()).toBeGreaterThan(0);
        expect(await store.erase(AISHA.phone ?? '')).toBe(0);
        expect(await accept(once)).toMatchObject({ outcome: 'new' });
      });

      it('never lets go of what still waits', async () => {
        const once = message();
        const { conversation } = await accept(once);
        clock.advance(30 * DAY);
        await store.forgetOld();
        expect(claimed(await store.claim(conversation, LEASE)).turn.messages).toEqual([once]);
      });

      it('keeps a quiet person as long as a dead letter of theirs can be sent back', async () => {
        const once = message();
        const held = await claim(once);
        await store.bury(held.lease, 'poison', []);
        await store.finish(held.lease);
        clock.advance(10 * DAY);
        await store.forgetOld();
        const [letter] = await store.deadLetters(10);
        expect(await store.redrive(letter?.turnId ?? '')).toBe(held.lease.conversation);
        expect(claimed(await store.claim(held.lease.conversation, LEASE)).turn.messages).toEqual([once]);
      });

      it('lets go of a person with their last dead letter', async () => {
        const held = await claim(message());
        await store.bury(held.lease, 'poison', []);
        await store.finish(held.lease);
        clock.advance(15 * DAY);
        await store.forgetOld();
        expect(await store.deadLetters(10)).toEqual([]);
        expect(await store.erase(AISHA.phone ?? '')).toBe(0);
      });

      it('erases a person on request, by any identity, and a redelivery does not bring them back', async () => {
        const once = message();
        const held = await claim(once);
        await answer(held);
        await store.finish(held.lease);
        const waiting = message();
        await accept(waiting);
        expect(await store.erase(AISHA.userId ?? '')).toBe(1);
        expect(await store.erase(AISHA.phone ?? '')).toBe(0);
        expect(await accept(waiting)).toMatchObject({ outcome: 'done' });
        expect(await store.due(10, 0)).toEqual([]);
        const [back] = await store.accept([message('I am back')]);
        expect(back).toMatchObject({ outcome: 'new' });
      });
    });
  });
}

type Claimed = Extract<Claim, { claimed: true }>;

function claimed(claim: Claim): Claimed {
  return claim.claimed ? claim : raise(`not claimed: ${claim.because}`);
}

function raise(reason: string): never {
  throw new Error(reason);
}
