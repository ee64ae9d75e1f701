import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDelivery } from '#app/channels/meta/parse.ts';

const receivedAt = 1_760_000_060_000;

function textMessage(id: string, from: string) {
  return { from, id, timestamp: '1760000000', type: 'text', text: { body: `words of ${id}` } };
}

function delivery(value: object) {
  const metadata = { phone_number_id: '100000000000001' };
  return { entry: [{ changes: [{ field: 'messages', value: { metadata, ...value } }] }] };
}

/** JSON of Meta's keys and values, so that the parser gets past the envelope. */
const key = fc.constantFrom(
  ...[
    'entry',
    'changes',
    'field',
    'value',
    'metadata',
    'phone_number_id',
    'contacts',
    'messages',
    'statuses',
  ],
  ...[
    'errors',
    'code',
    'id',
    'from',
    'from_user_id',
    'wa_id',
    'user_id',
    'type',
    'timestamp',
    'text',
    'body',
  ],
  ...['interactive', 'button_reply', 'title', 'system', 'status', 'group_id', '__proto__', 'constructor'],
);
const word = fc.constantFrom(
  'messages',
  'text',
  'interactive',
  'system',
  'sent',
  '15550001111',
  'US.1',
  '1760000000',
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 8, withCrossShrink: true },
    word,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(key, tie('json'), { maxKeys: 8 }),
    fc.record({ field: fc.constant('messages'), value: tie('json') }),
    fc.record({
      id: word,
      type: word,
      from: word,
      timestamp: tie('json'),
      text: tie('json'),
      system: tie('json'),
    }),
  ),
}));
const body = fc.oneof(
  json,
  json.map((entry) => ({ entry: [entry] })),
  fc.array(json).map((messages) => delivery({ messages, statuses: messages, contacts: messages })),
);

describe('parseDelivery', () => {
  it.each([undefined, null, 7, 'text', [], {}, { entry: {} }, { object: 'whatsapp_business_account' }])(
    'finds no delivery in %j',
    (body) => {
      expect(parseDelivery(body, receivedAt)).toBeUndefined();
    },
  );

  it('never throws, and returns only valid items', () => {
    fc.assert(
      fc.property(body, (body) => {
        const found = parseDelivery(JSON.parse(JSON.stringify(body)), receivedAt);
        for (const { id, person, sentAt } of found?.messages ?? []) {
          expect(id).not.toBe('');
          expect(person.phone ?? person.userId).toMatch(/^(\d{4,20}|[A-Z]{2}\..+)$/);
          expect(sentAt).toBeGreaterThan(0);
        }
        for (const { what, detail } of found?.notices ?? []) {
          expect(what).toMatch(/^[a-z_]+$/);
          expect(detail ?? 'none').toMatch(/^\w{1,64}$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads every valid message, whatever stands between them', () => {
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), json).filter((item) => !isMessage(item));
    const id = fc.uuid().map((uuid) => `wamid.${uuid}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(id, odd)), (items) => {
        const messages = items.map((item) => (isId(item) ? textMessage(item, '15550001111') : item));
        const found = parseDelivery(JSON.parse(JSON.stringify(delivery({ messages }))), receivedAt);
        expect(found?.messages.map((message) => message.id)).toEqual(items.filter(isId));
      }),
    );
  });

  it.each([
    [{ message_echoes: [{ to: '15550001111' }, 7, null] }, { what: 'malformed_echo', count: 3 }],
    [{ message_echoes: 'odd' }, { what: 'malformed_message_echoes' }],
    [{ message_echoes: [{ id: 'wamid.1', to: '15550001111' }], metadata: {} }, { what: 'no_number' }],
    [
      { message_echoes: [{ id: 'wamid.1', to: 'nobody', type: 'text' }] },
      { what: 'no_recipient', detail: 'text' },
    ],
    [7, { what: 'malformed_value' }],
  ])('names what is wrong with messages of the WhatsApp Business app: %j', (value, notice) => {
    const good = { id: 'wamid.good', to: '+15550001111', timestamp: '1760000000', type: 'text' };
    const metadata = { phone_number_id: '100000000000001' };
    const changes = [value, { message_echoes: [good] }].map((each) => ({
      field: 'smb_message_echoes',
      value: typeof each === 'object' ? { metadata, ...each } : each,
    }));
    const found = parseDelivery({ entry: [{ changes }] }, receivedAt);
    expect(found?.notices).toEqual([notice]);
    expect(found?.messages).toMatchObject([
      { id: 'wamid.good', person: { phone: '15550001111' }, content: { kind: 'takeover' } },
    ]);
  });

  it('reads all of the 1,000 updates that one delivery may have', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `wamid.${index}`);
    const messages = ids.map((id) => textMessage(id, '15550001111'));
    const statuses = ids.map((id) => ({ id, status: 'sent', timestamp: '1760000000' }));
    expect(parseDelivery(delivery({ messages }), receivedAt)?.messages.map(({ id }) => id)).toEqual(ids);
    const read = parseDelivery(delivery({ statuses }), receivedAt)?.statuses;
    expect(read?.map(({ platformId }) => platformId)).toEqual(ids);
  });

  it('reads every message of a larger delivery, with one notice', () => {
    const messages = Array.from({ length: 1_500 }, (_, n) => textMessage(`wamid.${n}`, '15550001111'));
    const found = parseDelivery(delivery({ messages }), receivedAt);
    expect(found?.messages).toHaveLength(1_500);
    expect(found?.notices).toEqual([{ what: 'too_many' }]);
  });

  it('counts unreadable items in one notice per kind, and reads no other fields of them', () => {
    let reads = 0;
    const malformed = {
      get id() {
        reads += 1;
        return undefined;
      },
      get type(): string {
        throw new Error('this field must not be read');
      },
    };
    const items = Array.from({ length: 20_000 }, () => malformed);
    const found = parseDelivery(
      delivery({ messages: items, statuses: items, errors: [{}, {}, 7] }),
      receivedAt,
    );
    expect(found).toEqual({
      messages: [],
      statuses: [],
      notices: [
        { what: 'platform_error', count: 3 },
        { what: 'malformed_message', count: items.length },
        { what: 'malformed_status', count: items.length },
        { what: 'too_many' },
      ],
    });
    expect(reads).toBeLessThanOrEqual(2 * items.length);
  });

  it('has few notices for a delivery with thousands of unknown types', () => {
    const changes = Array.from({ length: 5_000 }, (_, n) => ({ field: `made_up_${n}` }));
    const messages = changes.map((_, n) => ({
      ...textMessage(`wamid.${n}`, '15550001111'),
      type: `kind_${n}`,
    }));
    const found = parseDelivery({ entry: [{ changes }, delivery({ messages }).entry[0]] }, receivedAt);
    expect(found?.messages).toHaveLength(messages.length);
    expect(found?.notices.length).toBeLessThan(50);
    const counted = found?.notices.reduce((sum, { count = 1 }) => sum + count, 0);
    expect(counted).toBe(changes.length + messages.length + 1);
  });

  it('reports a critical notice among a thousand others', () => {
    const changes = Array.from({ length: 1_000 }, (_, n) => ({ field: `made_up_${n}` }));
    const banned = { field: 'account_update', value: { event: 'DISABLED_UPDATE' } };
    const found = parseDelivery({ entry: [{ changes: [...changes, banned] }] }, receivedAt);
    expect(found?.notices).toContainEqual({ what: 'account_restricted' });
  });

  it.each([
    [{ messages: [textMessage('wamid.1', '15550001111')] }, 1, ['no_field']],
    [{ contacts: [] }, 0, ['malformed_change']],
    [{ messages: 'odd' }, 0, ['malformed_change']],
  ])('reads a change without a field when it has messages: %j', (value, count, notices) => {
    const metadata = { phone_number_id: '100000000000001' };
    const found = parseDelivery({ entry: [{ changes: [{ value: { metadata, ...value } }] }] }, receivedAt);
    expect(found?.messages).toHaveLength(count);
    expect(found?.notices.map(({ what }) => what)).toEqual(notices);
  });

  it('does not let a body change the prototype of objects', () => {
    const parsed: unknown = JSON.parse(`{
      "__proto__": { "polluted": 1 },
      "entry": [{ "__proto__": { "polluted": 1 }, "changes": [{ "field": "messages", "value": {
        "__proto__": { "polluted": 1 }, "metadata": { "__proto__": { "polluted": 1 }, "phone_number_id": "1" },
        "messages": [{ "__proto__": { "polluted": 1 }, "id": "a", "from": "15550001111", "type": "__proto__" }]
      } }] }]
    }`);
    const [message] = parseDelivery(parsed, receivedAt)?.messages ?? [];
    expect(message).toMatchObject({ id: 'a', content: { kind: 'silent', type: 'unknown' } });
    expect(Reflect.get(message ?? {}, 'polluted')).toBeUndefined();
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('reads a thousand updates, each with its own contact', () => {
    const people = Array.from({ length: 1000 }, (_, n) => ({
      wa_id: String(15_550_000_000 + n),
      user_id: `US.${n}`,
    }));
    const messages = people.map(({ wa_id }, n) => textMessage(`wamid.${n}`, wa_id));
    const found = parseDelivery(delivery({ contacts: people.toReversed(), messages }), receivedAt);
    expect(found?.messages.map(({ person }) => person)).toEqual(
      people.map(({ wa_id, user_id }) => ({ phone: wa_id, userId: user_id })),
    );
    expect(found?.notices).toEqual([]);
  });

  it('reads each contact a bounded number of times, however many messages there are', () => {
    let reads = 0;
    const contacts = Array.from({ length: 1000 }, (_, n) => ({
      get wa_id() {
        reads += 1;
        return String(15_550_000_000 + n);
      },
    }));
    const messages = Array.from({ length: 1000 }, (_, n) => textMessage(`wamid.${n}`, '15550009999'));
    parseDelivery(delivery({ contacts, messages }), receivedAt);
    expect(reads).toBeLessThanOrEqual(3 * contacts.length);
  });

  it('supports deep nesting', () => {
    const deep = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(parseDelivery(deep(100_000), receivedAt)).toBeUndefined();
    const messages = [deep(100_000), { ...textMessage('wamid.1', '15550001111'), context: deep(100_000) }];
    expect(parseDelivery(delivery({ messages }), receivedAt)?.messages).toHaveLength(1);
  });

  it.each<[string, unknown, string | undefined]>([
    ['a reply', { from: '15550009999', id: 'wamid.0' }, 'wamid.0'],
    ['a forwarded message with an id', { forwarded: true, id: 'wamid.0' }, undefined],
    ['a message that was forwarded often', { frequently_forwarded: true, id: 'wamid.0' }, undefined],
    ['a message that was not forwarded', { forwarded: false, id: 'wamid.0' }, 'wamid.0'],
    ['an enquiry about a product', { referred_product: { catalog_id: '1' } }, undefined],
    ['an id that is too long', { id: 'w'.repeat(513) }, undefined],
    ['an id that is no text', { id: 7 }, undefined],
    ['no object', 'wamid.0', undefined],
  ])('reads what %s quotes', (_case, context, quotes) => {
    const messages = [{ ...textMessage('wamid.1', '15550001111'), context }];
    const [read] = parseDelivery(delivery({ messages }), receivedAt)?.messages ?? [];
    expect(read?.content.kind).toBe('text');
    expect(read?.quotes).toBe(quotes);
  });

  it('replaces characters that UTF-8 cannot encode', () => {
    const message = { ...textMessage('wamid.1', '15550001111'), text: { body: 'a\ud83dz' } };
    const [read] = parseDelivery(delivery({ messages: [message] }), receivedAt)?.messages ?? [];
    expect(read?.content).toEqual({ kind: 'text', text: 'a\ufffdz' });
  });

  it('rejects a message without an id', () => {
    const found = parseDelivery(delivery({ messages: [textMessage('', '15550001111')] }), receivedAt);
    expect(found).toEqual({ messages: [], statuses: [], notices: [{ what: 'malformed_message' }] });
  });

  it('needs no number when there are no messages', () => {
    const value = { metadata: undefined, errors: [{ code: 1 }], statuses: [] };
    expect(parseDelivery(delivery(value), receivedAt)?.notices).toEqual([
      { what: 'platform_error', detail: '1' },
    ]);
  });

  it.each(['1', '-1', '1760000000000', '', 'now', 1.5, null, {}, ['1760000000']])(
    'uses the time of receipt for the timestamp %j',
    (timestamp) => {
      const messages = [{ ...textMessage('wamid.1', '15550001111'), timestamp }];
      const found = parseDelivery(delivery({ messages }), receivedAt);
      expect(found?.messages[0]?.sentAt).toBe(receivedAt);
      expect(found?.notices).toEqual([{ what: 'no_timestamp' }]);
    },
  );

  it('ignores a change of number without a timestamp, since it may be a replay', () => {
    const change = { id: 'wamid.1', from: '15550001111', type: 'system', system: { wa_id: '15550003333' } };
    const people = (timestamp: unknown) =>
      parseDelivery(delivery({ messages: [{ ...change, timestamp }] }), receivedAt)?.messages[0]?.person;
    expect(people('1760000000')).toEqual({ phone: '15550003333', formerly: ['15550001111'] });
    expect(people('never')).toEqual({ phone: '15550003333' });
  });

  it('reads a timestamp that is a number', () => {
    const messages = [{ ...textMessage('wamid.1', '15550001111'), timestamp: 1_760_000_000 }];
    expect(parseDelivery(delivery({ messages }), receivedAt)?.messages[0]?.sentAt).toBe(1_760_000_000_000);
  });

  it('leaves unknown names out of notices unless they are plain words', () => {
    const value = { messages: [{ ...textMessage('wamid.1', '15550001111'), type: 'call +1 555 000 1111' }] };
    expect(parseDelivery(delivery(value), receivedAt)?.notices).toEqual([{ what: 'unknown_type' }]);
    const long = { entry: [{ changes: [{ field: 'x'.repeat(200) }] }] };
    expect(parseDelivery(long, receivedAt)?.notices).toEqual([
      { what: 'unknown_field', detail: 'x'.repeat(64) },
    ]);
  });
});

function isId(item: unknown): item is string {
  return typeof item === 'string' && item.startsWith('wamid.');
}

function isMessage(item: unknown): boolean {
  return isId(item) || (typeof item === 'object' && item !== null && 'id' in item);
}
