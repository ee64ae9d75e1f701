import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { parseDelivery } from '#app/channels/meta/parse.ts';
import { acceptDelivery } from '#app/conversation/accept.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import type { SettableClock } from '../../../fakes/clock.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';
import { NUMBER } from '../../../fakes/messages.ts';
import { turnTest } from './turn-test.ts';

const dynamoDb = await startDynamoDb();

const STORES = {
  memory: async (clock: SettableClock) => createMemoryStore({ clock, newId: randomUUID }),
  sqlite: (clock: SettableClock) => openSqliteStore({ path: ':memory:', clock, newId: randomUUID }),
  dynamodb: async (clock: SettableClock) => {
    const place = { ...(await dynamoDb.tables()), region: REGION, client: dynamoDb.client() };
    return createDynamoDbStore({ ...place, clock, newId: randomUUID });
  },
};

const text = (id: string, body: string) => ({ id, type: 'text', text: { body } });
const edit = (id: string, of: string, body: string) => ({
  id,
  type: 'edit',
  edit: { original_message_id: of, message: { type: 'text', text: { body } } },
});
const revoke = (id: string, of: string) => ({ id, type: 'revoke', revoke: { original_message_id: of } });

/** `deliver` reads and stores what Meta posts for these messages of one person. */
const correctionsTest = (open: (clock: SettableClock) => Promise<ConversationStore>) =>
  turnTest(open)
    .extend('deliver', ({ clock, store, workPorts }) => async (...messages: readonly object[]) => {
      const from = { from: '15550001111', timestamp: String(Math.floor(clock.now() / 1000)) };
      const value = {
        metadata: { phone_number_id: NUMBER, display_phone_number: '15550009999' },
        contacts: [{ wa_id: '15550001111' }],
        messages: messages.map((message) => ({ ...from, ...message })),
      };
      const delivery = parseDelivery({ entry: [{ changes: [{ field: 'messages', value }] }] }, clock.now());
      if (delivery === undefined) throw new Error('no delivery');
      const queue = { async wake() {}, async ready() {}, async close() {} };
      await acceptDelivery(delivery, { store, queue, businesses: workPorts().businesses, windowMs: 0 });
    })
    .extend('wakeDue', ({ store, useConversation, wakeAgain }) => async () => {
      const [conversation = ''] = await store.due(1, 0);
      useConversation(conversation);
      await wakeAgain();
    })
    /** Does this during a turn that takes long. */
    .extend(
      'duringTurn',
      ({ assistant, deliver, wakeDue, wakeAgain }) =>
        async (action: () => Promise<void>) => {
          await deliver(text('wamid.1', 'What is zakat?'));
          assistant.next.push(async () => {
            await action();
            return 'First.';
          });
          await wakeDue();
          await wakeAgain();
        },
    );

describe.each(Object.entries(STORES))('edits and revokes, in %s', (_, open) => {
  const it = correctionsTest(open);

  it('during a slow turn change the next question, which has the edited text and not the deleted one', async ({
    assistant,
    store,
    sentTexts,
    deliver,
    duringTurn,
  }) => {
    await duringTurn(async () => {
      await deliver(text('wamid.2', 'wrong word'), text('wamid.3', 'secret I delete'));
      await deliver(edit('wamid.4', 'wamid.2', 'right word'));
      await deliver(revoke('wamid.5', 'wamid.3'));
      expect(await store.backlog()).toMatchObject({ waiting: 2 });
    });
    expect(assistant.questions.map(({ text: asked }) => asked)).toEqual(['What is zakat?', 'right word']);
    expect(sentTexts()).toEqual(['First.', 'An answer.']);
  });

  it('of the question that is being answered cause no second answer', async ({
    assistant,
    sentTexts,
    deliver,
    duringTurn,
  }) => {
    await duringTurn(() => deliver(edit('wamid.2', 'wamid.1', 'too late'), revoke('wamid.3', 'wamid.1')));
    expect(assistant.questions.map(({ text: asked }) => asked)).toEqual(['What is zakat?']);
    expect(sentTexts()).toEqual(['First.']);
  });

  it('that delete all waiting messages leave nothing to ask, no typing indicator and no reply', async ({
    assistant,
    channel,
    store,
    sentTexts,
    deliver,
    duringTurn,
  }) => {
    await duringTurn(async () => {
      await deliver(revoke('wamid.3', 'wamid.2'));
      await deliver(text('wamid.2', 'secret I delete'));
    });
    expect(assistant.questions).toHaveLength(1);
    expect(channel.typingFor).toEqual(['wamid.1']);
    expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
    expect(sentTexts()).toEqual(['First.']);
  });

  it('asks the title and the description of a selected list entry', async ({
    assistant,
    deliver,
    wakeDue,
  }) => {
    const list_reply = { id: 'zakat', title: 'Zakat', description: 'How it is reckoned' };
    await deliver({ id: 'wamid.1', type: 'interactive', interactive: { type: 'list_reply', list_reply } });
    await wakeDue();
    expect(assistant.questions.map(({ text: asked }) => asked)).toEqual(['Zakat\nHow it is reckoned']);
  });
});
