import { expect, it } from 'vitest';
import { type ConversationStatus, statusOf } from '#app/conversation/status.ts';
import type { Standing } from '#app/domain/conversation.ts';
import type { ShownConversation, ShownPart } from '#app/ports/store.ts';

const NOW = 1_800_000_000_000;
const HANDED_OFF: Standing = { handOff: { by: 'operator', since: NOW - 1, until: NOW + 1 } };
const OPTED_OUT: Standing = { optedOutAt: NOW - 1 };

type Rest = Partial<Omit<ShownConversation, 'conversation' | 'turn'>>;

function shown(rest: Rest, standing?: Standing, turn?: Partial<NonNullable<ShownConversation['turn']>>) {
  const conversation = { id: 'c', channel: 'meta', number: '1', person: {}, assistantUserId: 'u' };
  return {
    ...{ lastAt: 0, waiting: 0, ...rest },
    conversation: { ...conversation, ...(standing && { standing }) },
    ...(turn && { turn: { id: 't', attempts: 1, messages: 0, newestAt: 0, isOpen: false, ...turn } }),
  };
}

const part = (rest: Partial<ShownPart> = {}): ShownPart => ({
  ...{ key: 't.0', state: 'sent', isTemplate: false },
  ...rest,
});
const SENT = { parts: [part()] };
const GIVEN_UP = { gaveUpReason: 'refused: 131047' };
const FAILED = part({ progress: 'failed', code: '131000' });
const LEASED = { leaseUntil: NOW + 1 };

it.each<[ConversationStatus, string, ReturnType<typeof shown>]>([
  [
    'processing_reply',
    'a lease, before everything',
    shown({ ...LEASED, waiting: 1 }, { ...HANDED_OFF, ...OPTED_OUT }, { isOpen: true }),
  ],
  [
    'processing_reply',
    'a lease on a turn that was given up',
    shown(LEASED, undefined, { isOpen: true, ...GIVEN_UP }),
  ],
  [
    'failed',
    'an apology that is not sent yet',
    shown({ retryAt: NOW + 1 }, HANDED_OFF, { isOpen: true, ...GIVEN_UP }),
  ],
  [
    'retry',
    'an open turn, also of a person who waits',
    shown({ waiting: 1, retryAt: NOW + 1 }, OPTED_OUT, { isOpen: true }),
  ],
  ['retry', 'an open turn whose worker died', shown({ leaseUntil: NOW }, undefined, { isOpen: true })],
  ['retry', 'a finished turn with a failed part', shown({}, HANDED_OFF, { parts: [part(), FAILED] })],
  [
    'opted_out',
    'an opt-out, before a hand-off',
    shown({ waiting: 1 }, { ...HANDED_OFF, ...OPTED_OUT }, SENT),
  ],
  ['handed_off', 'a hand-off, before what waits', shown({ waiting: 1 }, HANDED_OFF, SENT)],
  [
    'waiting',
    'a hand-off that is over',
    shown({ waiting: 1 }, { handOff: { by: 'operator', since: 1, until: NOW } }, SENT),
  ],
  ['waiting', 'a message after a turn that was given up', shown({ waiting: 1 }, {}, GIVEN_UP)],
  [
    'template_sent',
    'a turn that was given up with the template',
    shown({}, {}, { ...GIVEN_UP, parts: [part({ isTemplate: true })] }),
  ],
  [
    'failed',
    'a template that failed',
    shown({}, {}, { ...GIVEN_UP, parts: [{ ...FAILED, isTemplate: true }] }),
  ],
  [
    'failed',
    'a template that is not sent',
    shown({}, {}, { ...GIVEN_UP, parts: [part({ state: 'unsent', isTemplate: true })] }),
  ],
  ['failed', 'a turn that was given up with an apology', shown({}, {}, { ...GIVEN_UP, ...SENT })],
  ['reply_sent', 'an answer', shown({}, { inboundAt: 1 }, SENT)],
  [
    'reply_sent',
    'an answer after a dead letter',
    shown({ deadLetter: { turnId: 'd', reason: 'r', gaveUpAt: 1 } }, {}, SENT),
  ],
  ['idle', 'a turn without a reply', shown({}, {}, { parts: [] })],
  ['idle', 'no turn', shown({})],
])('%s: %s', (status, _, conversation) => {
  expect(statusOf(conversation, NOW)).toBe(status);
});
