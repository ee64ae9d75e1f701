import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parseDelivery } from '#app/channels/meta/parse.ts';
import { acceptDelivery } from '#app/conversation/accept.ts';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';
import { NUMBER } from '../../../fakes/messages.ts';
import {
  assistant,
  begin,
  channel,
  clock,
  lookAgain,
  saidTo,
  store,
  turnTo,
  useStore,
  workPorts,
} from './story.ts';

const dynamoDb = await startDynamoDb();

const STORES = {
  memory: async () => createMemoryStore({ clock, newId: randomUUID }),
  sqlite: () => openSqliteStore({ path: ':memory:', clock, newId: randomUUID }),
  dynamodb: async () => {
    const place = { ...(await dynamoDb.tables()), region: REGION, client: dynamoDb.client() };
    return createDynamoDbStore({ ...place, clock, newId: randomUUID });
  },
};

/** Reads and stores what Meta posts for these messages of one person. */
async function deliver(...messages: readonly object[]): Promise<void> {
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
}

const text = (id: string, body: string) => ({ id, type: 'text', text: { body } });
const edit = (id: string, of: string, body: string) => ({
  id,
  type: 'edit',
  edit: { original_message_id: of, message: { type: 'text', text: { body } } },
});
const revoke = (id: string, of: string) => ({ id, type: 'revoke', revoke: { original_message_id: of } });

async function lookAtDue(): Promise<void> {
  const [conversation = ''] = await store.due(1, 0);
  turnTo(conversation);
  await lookAgain();
}

describe.each(Object.entries(STORES))('second thoughts, in %s', (_, open) => {
  beforeEach(async () => {
    begin();
    useStore(await open());
    onTestFinished(() => store.close());
  });

  /** A turn that takes long, while the person writes on. */
  async function meanwhile(what: () => Promise<void>): Promise<void> {
    await deliver(text('wamid.1', 'What is zakat?'));
    assistant.next.push(async () => {
      await what();
      return 'First.';
    });
    await lookAtDue();
    await lookAgain();
  }

  it('during a slow turn: the next one asks the words as they were corrected, without those deleted', async () => {
    await meanwhile(async () => {
      await deliver(text('wamid.2', 'wrong word'), text('wamid.3', 'secret I delete'));
      await deliver(edit('wamid.4', 'wamid.2', 'right word'));
      await deliver(revoke('wamid.5', 'wamid.3'));
      expect(await store.backlog()).toMatchObject({ waiting: 2 });
    });
    expect(assistant.questions.map(({ text: asked }) => asked)).toEqual(['What is zakat?', 'right word']);
    expect(saidTo()).toEqual(['First.', 'An answer.']);
  });

  it('about the question that is being answered: its answer stays the only one', async () => {
    await meanwhile(() => deliver(edit('wamid.2', 'wamid.1', 'too late'), revoke('wamid.3', 'wamid.1')));
    expect(assistant.questions.map(({ text: asked }) => asked)).toEqual(['What is zakat?']);
    expect(saidTo()).toEqual(['First.']);
  });

  it('that delete all that waits: nothing is asked, shown as typing, or said', async () => {
    await meanwhile(async () => {
      await deliver(revoke('wamid.3', 'wamid.2'));
      await deliver(text('wamid.2', 'secret I delete'));
    });
    expect(assistant.questions).toHaveLength(1);
    expect(channel.typingFor).toEqual(['wamid.1']);
    expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
    expect(saidTo()).toEqual(['First.']);
  });

  it('a tapped list entry: the title and the description are asked', async () => {
    const list_reply = { id: 'zakat', title: 'Zakat', description: 'How it is reckoned' };
    await deliver({ id: 'wamid.1', type: 'interactive', interactive: { type: 'list_reply', list_reply } });
    await lookAtDue();
    expect(assistant.questions.map(({ text: asked }) => asked)).toEqual(['Zakat\nHow it is reckoned']);
  });
});
