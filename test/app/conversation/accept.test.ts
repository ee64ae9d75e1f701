import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEnvBusinesses } from '#app/businesses/env.ts';
import { acceptDelivery } from '#app/conversation/accept.ts';
import { sweep } from '#app/conversation/sweep.ts';
import { Unavailable } from '#app/domain/errors.ts';
import type { Delivery } from '#app/domain/message.ts';
import type { Queue } from '#app/ports/queue.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { type SettableClock, settableClock } from '../../fakes/clock.ts';
import { AISHA, BILAL, edit, message, NUMBER, status } from '../../fakes/messages.ts';

const WINDOW = 1_000;

let clock: SettableClock;
let store: ConversationStore;
let wakes: { readonly conversation: string; readonly delayMs: number }[];
let queue: Queue;
beforeEach(() => {
  clock = settableClock();
  store = createMemoryStore({ clock, newId: randomUUID });
  wakes = [];
  queue = {
    async wake(conversation, delayMs) {
      wakes.push({ conversation, delayMs });
    },
    async ready() {},
    async close() {},
  };
});

const businesses = createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'x' }]);
const accept = (delivery: Partial<Delivery>, ports: Partial<Parameters<typeof acceptDelivery>[1]> = {}) =>
  acceptDelivery(
    { messages: [], statuses: [], notices: [], ...delivery },
    { businesses, store, queue, windowMs: WINDOW, ...ports },
  );

describe('acceptDelivery', () => {
  it('stores every message of a delivery and wakes each conversation once, after its window', async () => {
    const messages = [message('a'), message('b'), message('c', { person: BILAL })];
    expect(await accept({ messages })).toEqual({
      outcomes: ['new', 'new', 'new'],
      stored: 3,
      known: 0,
      foreign: 0,
      uncovered: 0,
      statuses: 0,
      priced: [],
      unknownParts: [],
    });
    expect(wakes.map(({ delayMs }) => delayMs)).toEqual([WINDOW, WINDOW]);
    expect(new Set(wakes.map(({ conversation }) => conversation)).size).toBe(2);
    expect(await store.backlog()).toMatchObject({ waiting: 3 });
  });

  it('skips items for numbers of no configured business, and stores the others', async () => {
    const messages = [message('a', { number: '999' }), message('b')];
    expect(await accept({ messages })).toMatchObject({ outcomes: ['foreign', 'new'], stored: 1, foreign: 1 });
  });

  it('wakes again for a known message that still waits, and not for one that is done', async () => {
    const once = message('a');
    await accept({ messages: [once] });
    expect(await accept({ messages: [once] })).toMatchObject({ stored: 0, known: 1 });
    expect(wakes).toHaveLength(2);
    const reaction = message('', { content: { kind: 'silent', type: 'reaction' } });
    await accept({ messages: [reaction] });
    expect(wakes).toHaveLength(2);
  });

  it('does not wake for an edit, but wakes for its message when that arrives later', async () => {
    const late = message('late');
    expect(await accept({ messages: [edit(late, 'early')] })).toMatchObject({ outcomes: ['done'], known: 1 });
    expect(wakes).toEqual([]);
    expect(await accept({ messages: [late] })).toMatchObject({ outcomes: ['new'], stored: 1 });
    expect(wakes).toHaveLength(1);
  });

  it('wakes a conversation at once when a status settles its send of unknown outcome', async () => {
    const [first] = await store.accept([message('a', { person: AISHA })]);
    const claim = await store.claim(first?.conversation ?? '', 10_000);
    if (!claim.claimed) throw new Error('not claimed');
    const [part] = await store.writeReply(claim.lease, ['words'], {});
    await store.markSending(claim.lease, part?.key ?? '');
    await accept({ statuses: [status(part?.key ?? '', 'sent')] });
    expect(wakes).toEqual([{ conversation: first?.conversation, delayMs: 0 }]);
  });

  it('fails when the store, the queue or the register of businesses is unavailable, so that the platform redelivers', async () => {
    const unavailable = () => Promise.reject(new Unavailable('unavailable'));
    const messages = [message('a')];
    await expect(accept({ messages }, { store: { ...store, accept: unavailable } })).rejects.toThrow(
      Unavailable,
    );
    await expect(accept({ messages }, { businesses: { ...businesses, find: unavailable } })).rejects.toThrow(
      Unavailable,
    );
    await expect(accept({ messages }, { queue: { ...queue, wake: unavailable } })).rejects.toThrow(
      Unavailable,
    );
    expect(await accept({ messages })).toMatchObject({ known: 1 });
    expect(wakes).toHaveLength(1);
  });
});

describe('sweep', () => {
  it('wakes conversations without a lease when their own wake-up is overdue', async () => {
    await accept({ messages: [message('a')] }, { queue: { ...queue, wake: async () => {} } });
    expect(await sweep(store, queue, { windowMs: WINDOW, share: 1 })).toBe(0);
    clock.advance(WINDOW + 2_000);
    expect(await sweep(store, queue, { windowMs: WINDOW, share: 1 })).toBe(1);
    expect(wakes).toHaveLength(1);
  });
});
