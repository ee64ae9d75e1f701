import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDelivery } from '#app/channels/twilio/parse.ts';
import { type Fields, inbound, statusOf, TWILIO_NUMBER } from '../../../fakes/twilio.ts';

const NOW = 1_790_000_000_500;
const SID = `SM${'0'.repeat(31)}1`;

const parse = (fields: Fields, query = '') =>
  parseDelivery(new URLSearchParams(fields), new URLSearchParams(query), NOW);
const messageIn = (fields: Fields) => parse(inbound(fields))?.messages[0];
const contentOf = (fields: Fields) => messageIn(fields)?.content;
const noticesOf = (fields: Fields) => parse(inbound(fields))?.notices;

describe('an inbound message', () => {
  it('is a text with the time of its arrival', () => {
    expect(parse(inbound())).toEqual({
      messages: [
        {
          id: SID,
          channel: 'twilio',
          number: TWILIO_NUMBER,
          person: { phone: '15550001111' },
          sentAt: NOW,
          content: { kind: 'text', text: 'What is zakat?' },
        },
      ],
      statuses: [],
      notices: [],
    });
  });

  it('names the message that it quotes', () => {
    expect(messageIn({ OriginalRepliedMessageSid: 'SM2' })).toMatchObject({ quotes: 'SM2' });
    expect(messageIn({ OriginalRepliedMessageSid: '' })).not.toHaveProperty('quotes');
  });

  it.each([
    [{ From: 'whatsapp:US.13491208655302741918', WaId: '' }, { userId: 'US.13491208655302741918' }],
    [{ ExternalUserId: 'whatsapp:US.1234' }, { phone: '15550001111', userId: 'US.1234' }],
    [{ ExternalUserIdentifier: 'US.1234' }, { phone: '15550001111', userId: 'US.1234' }],
    [
      { ExternalUserId: 'US.1', ExternalUserIdentifier: 'US.2' },
      { phone: '15550001111', userId: 'US.1' },
    ],
    [{ From: 'whatsapp:US.1234' }, { phone: '15550001111', userId: 'US.1234' }],
    [{ From: 'WhatsApp:15550002222', WaId: '' }, { phone: '15550002222' }],
    [{ From: 'whatsapp:+5215550002222', WaId: '525550002222' }, { phone: '5215550002222' }],
  ])('comes from the person in its fields: %j', (fields, person) => {
    expect(messageIn(fields as Fields)?.person).toEqual(person);
  });

  it.each([
    [{ From: 'whatsapp:', WaId: '' }, 'no_sender', 'text'],
    [{ From: 'whatsapp:+14155238886' }, 'own_number', 'text'],
    [{ From: '+15550001111' }, 'other_channel', 'sms'],
    [{ From: 'messenger:123456' }, 'other_channel', 'messenger'],
    [{ To: '+14155238886' }, 'other_channel', 'whatsapp'],
  ])('is no message of WhatsApp, and a notice: %j', (fields, what, detail) => {
    expect(parse(inbound(fields as Fields))).toEqual({
      messages: [],
      statuses: [],
      notices: [{ what, detail }],
    });
  });

  it.each([
    [{ MessageType: 'image', NumMedia: '1', MediaContentType0: 'image/jpeg', Body: 'a caption' }, 'image'],
    [{ NumMedia: '1', MediaContentType0: 'image/jpeg' }, 'image'],
    [{ NumMedia: '1', MediaContentType0: 'image/webp' }, 'sticker'],
    [{ NumMedia: '1', MediaContentType0: 'audio/ogg; codecs=opus' }, 'audio'],
    [{ NumMedia: '1', MediaContentType0: 'VIDEO/mp4' }, 'video'],
    [{ NumMedia: '1', MediaContentType0: 'application/pdf' }, 'document'],
    [{ NumMedia: '1', MediaContentType0: 'text/vcard' }, 'contacts'],
    [{ MessageType: 'document', NumMedia: '1', MediaContentType0: 'image/png' }, 'document'],
    [{ NumMedia: '10', MediaContentType0: 'image/png', MediaContentType9: 'audio/ogg' }, 'image'],
    [{ NumMedia: '1' }, 'other'],
    [{ Latitude: '21.4', Longitude: '39.8', Address: 'a', Label: 'b', Body: '' }, 'location'],
    [{ MessageType: 'contacts' }, 'contacts'],
    [{ MessageType: 'unsupported', Body: '' }, 'other'],
  ])('cannot be read: %j', (fields, type) => {
    expect(contentOf(fields as Fields)).toEqual({ kind: 'unreadable', type });
    expect(noticesOf(fields as Fields)).toEqual([]);
  });

  it('is a choice when a button or a list entry was tapped', () => {
    expect(
      contentOf({ MessageType: 'button', Body: 'Yes', ButtonText: 'Yes', ButtonPayload: 'id-1' }),
    ).toEqual({ kind: 'text', text: 'Yes', choice: { id: 'id-1', title: 'Yes' } });
    expect(contentOf({ Body: 'Yes', ButtonText: 'Yes', ButtonPayload: '' })).toEqual({
      ...{ kind: 'text', text: 'Yes', choice: { title: 'Yes' } },
    });
    expect(
      contentOf({ MessageType: 'interactive', ListId: 'a', ListTitle: 'Zakat', ListDescription: 'of gold' }),
    ).toEqual({
      kind: 'text',
      text: 'Zakat\nof gold',
      choice: { id: 'a', title: 'Zakat', description: 'of gold' },
    });
  });

  it.each([
    [{ MessageType: 'reaction', Body: '👍' }, 'reaction', []],
    [{ MessageType: 'system', Body: '' }, 'system', []],
    [{ MessageType: 'interactive', InteractiveData: '{}' }, 'flow', []],
    [{ MessageType: 'hologram' }, 'unknown', [{ what: 'unknown_type', detail: 'hologram' }]],
    [{ MessageType: 'my text' }, 'unknown', [{ what: 'unknown_type' }]],
  ])('gets no reply: %j', (fields, type, notices) => {
    expect(contentOf(fields as Fields)).toEqual({ kind: 'silent', type });
    expect(noticesOf(fields as Fields)).toEqual(notices);
  });

  it('without visible text is answered as something that cannot be read', () => {
    for (const Body of ['', ' \u200b\n'])
      expect(parse(inbound({ Body }))).toMatchObject({
        messages: [{ content: { kind: 'unreadable', type: 'other' } }],
        notices: [{ what: 'no_content', detail: 'text' }],
      });
  });
});

describe('a status', () => {
  it.each([
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['failed', 'failed'],
    ['undelivered', 'failed'],
    ['canceled', 'failed'],
  ])('%s is the progress %s of the part in the query', (word, progress) => {
    expect(parse(statusOf('SM5', word), 'part=turn-1.0')).toEqual({
      messages: [],
      statuses: [
        {
          ...{ channel: 'twilio', number: TWILIO_NUMBER, platformId: 'SM5', key: 'turn-1.0', progress },
          at: NOW,
        },
      ],
      notices: [],
    });
  });

  it('has the code of a failure', () => {
    expect(parse(statusOf('SM5', 'undelivered', { ErrorCode: '63016' }))?.statuses).toEqual([
      expect.objectContaining({ progress: 'failed', code: '63016' }),
    ]);
    for (const ErrorCode of ['', '0', 'none'])
      expect(parse(statusOf('SM5', 'failed', { ErrorCode }))?.statuses[0]).not.toHaveProperty('code');
  });

  it.each(['accepted', 'queued', 'sending', 'scheduled'])('%s is no progress', (word) => {
    expect(parse(statusOf('SM5', word), 'part=k')).toEqual({
      messages: [],
      statuses: [],
      notices: [{ what: 'status_under_way', detail: word, routine: true }],
    });
  });

  it('that is unknown is counted', () => {
    expect(parse(statusOf('SM5', 'partially_delivered'))).toMatchObject({
      statuses: [{ progress: 'other' }],
      notices: [{ what: 'unknown_status', detail: 'partially_delivered' }],
    });
  });
});

describe('anything else', () => {
  it.each([{}, { Body: 'x' }, { MessageSid: '' }, { MessageSid: 'x'.repeat(513) }])(
    'is no delivery: %j',
    (fields) => {
      expect(parse(fields as Fields)).toBeUndefined();
    },
  );

  it('never throws, and has no text of a person in its notices', () => {
    const names = Object.keys({ ...inbound(), ...statusOf('a', 'b'), MediaContentType0: '', Latitude: '' });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), fc.string(), (fields, query) => {
        const delivery = parse(fields, query);
        for (const { detail = 'a' } of delivery?.notices ?? []) expect(detail).toMatch(/^\w{1,64}$/);
        expect(delivery === undefined).toBe(!(fields.MessageSid || fields.SmsMessageSid || fields.SmsSid));
      }),
    );
  });
});
