import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDelivery } from '#app/channels/meta/parse.ts';
import type { Content, DeliveredMessage, DeliveredStatus, Notice, Person } from '#app/domain/message.ts';

const folder = 'test/fixtures/meta';
const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'signatures.json');
const names = files.map((file) => file.replace('.json', ''));

const receivedAt = 1_760_000_060_000;
const phone = { phone: '15550001111' };
const userId = { userId: 'US.13491208655302741918' };

const text = (text: string): Content => ({ kind: 'text', text });
const silent = (type: string): Content => ({ kind: 'silent', type });
const other: Content = { kind: 'unreadable', type: 'other' };
const notice = (what: string, detail?: string): Notice =>
  detail === undefined ? { what } : { what, detail };
const routine = (what: string, detail?: string): Notice => ({ ...notice(what, detail), routine: true });
const earlier = wamid('earlier');
const chosen = (title: string, id: string, description?: string): Content => ({
  kind: 'text',
  text: description === undefined ? title : `${title}\n${description}`,
  choice: { id, title, ...(description !== undefined && { description }) },
});

/** The content of each fixture with one message, its person when that is not the default one, and its notices. */
const messages: Record<
  string,
  { content: Content; person?: Person; notices?: Notice[]; sentAt?: number; quotes?: string }
> = {
  text: { content: text('What breaks the fast?') },
  'change-without-field': { content: text('What breaks the fast?'), notices: [notice('no_field')] },
  'text-arabic': { content: text('السلام عليكم، كيف أصلي صلاة الاستخارة؟') },
  'text-emoji': { content: text('جزاك الله خيرا 🤲🏽 👨‍👩‍👧') },
  'text-blank': { content: other, notices: [notice('no_content', 'text')] },
  'text-invisible': { content: other, notices: [notice('no_content', 'text')] },
  'text-without-body': { content: other, notices: [notice('no_content', 'text')] },
  'text-reply': { content: text('And when travelling?'), quotes: earlier },
  'text-forwarded': { content: text('Is this true?') },
  'text-from-ad': { content: text('Hello, I saw your advertisement') },
  image: { content: { kind: 'unreadable', type: 'image' } },
  'image-caption': { content: { kind: 'unreadable', type: 'image' } },
  audio: { content: { kind: 'unreadable', type: 'audio' } },
  voice: { content: { kind: 'unreadable', type: 'audio' } },
  video: { content: { kind: 'unreadable', type: 'video' } },
  document: { content: { kind: 'unreadable', type: 'document' } },
  sticker: { content: { kind: 'unreadable', type: 'sticker' } },
  location: { content: { kind: 'unreadable', type: 'location' } },
  contacts: { content: { kind: 'unreadable', type: 'contacts' } },
  order: { content: { kind: 'unreadable', type: 'order' } },
  'button-reply': { content: chosen('Tell me more', 'more'), quotes: earlier },
  'list-reply': { content: chosen('Zakat', 'zakat', 'How it is reckoned'), quotes: earlier },
  'list-reply-without-description': { content: chosen('Zakat', 'zakat') },
  'flow-reply': { content: silent('nfm_reply') },
  'flow-reply-without-body': { content: silent('nfm_reply') },
  'call-permission-reply': { content: silent('call_permission_reply') },
  'payment-method': { content: silent('payment_method') },
  'message-echo': { content: { kind: 'takeover' } },
  'message-echo-user-id': { content: { kind: 'takeover' }, person: userId },
  'interactive-unknown': {
    content: silent('unknown'),
    notices: [notice('unknown_type', 'hologram_reply')],
  },
  'interactive-without-object': {
    content: other,
    notices: [notice('platform_error', '131000'), notice('no_content', 'interactive')],
  },
  'quick-reply': { content: chosen('Stop', 'STOP'), quotes: earlier },
  'quick-reply-without-context': { content: chosen('Stop', 'STOP') },
  reaction: { content: silent('reaction') },
  'reaction-removed-empty': { content: silent('reaction') },
  'reaction-removed-absent': { content: silent('reaction') },
  'system-number-changed': {
    content: silent('system'),
    person: { phone: '15550003333', formerly: ['15550001111'] },
  },
  'system-user-id-changed': {
    content: silent('system'),
    person: { userId: 'MX.0987654321', formerly: ['CO.1234567890'] },
  },
  'system-number-changed-user-ids': {
    content: silent('system'),
    person: {
      ...{ phone: '15550003333', userId: 'US.27182818284590452353' },
      formerly: ['15550001111', userId.userId, 'US.ENT.11815799212886844830'],
    },
  },
  'system-number-changed-contact': {
    content: silent('system'),
    person: { phone: '15550003333', formerly: ['15550001111', userId.userId] },
  },
  'system-user-id-in-body': {
    content: silent('system'),
    person: { userId: 'US.27182818284590452353', formerly: [userId.userId] },
  },
  'system-user-id-with-number': {
    content: silent('system'),
    person: {
      ...{ phone: '15550003333', userId: 'US.27182818284590452353' },
      formerly: ['15550001111', userId.userId],
    },
  },
  'system-identity-changed': { content: silent('system') },
  unsupported: { content: other, notices: [notice('message_error', '131051')] },
  'unsupported-poll': { content: other, notices: [notice('message_error', '131051')] },
  'unsupported-edit': { content: silent('edit'), notices: [notice('message_error', '131051')] },
  'unsupported-poll-creation': { content: other, notices: [notice('message_error', '131051')] },
  'unsupported-poll-update': { content: silent('poll_update'), notices: [notice('message_error', '131051')] },
  'unsupported-pin': { content: silent('pin'), notices: [notice('message_error', '131051')] },
  'unsupported-keep-in-chat': {
    content: silent('keep_in_chat'),
    notices: [notice('message_error', '131051')],
  },
  'unsupported-unknown': {
    content: silent('unknown'),
    notices: [notice('unknown_type', 'hologram'), notice('message_error', '131051')],
  },
  edit: { content: { kind: 'edit', of: earlier, content: { kind: 'text', text: 'I meant zakat' } } },
  'edit-caption': {
    content: { kind: 'edit', of: earlier, content: { kind: 'unreadable', type: 'image' } },
  },
  'edit-to-blank': {
    content: { kind: 'edit', of: earlier, content: { kind: 'unreadable', type: 'other' } },
    notices: [notice('no_content', 'edit')],
  },
  'edit-without-original': { content: silent('edit'), notices: [notice('no_content', 'edit')] },
  revoke: { content: { kind: 'revoke', of: earlier } },
  'revoke-without-original': { content: silent('revoke'), notices: [notice('no_content', 'revoke')] },
  'request-welcome': { content: silent('request_welcome') },
  'unknown-type': { content: silent('unknown'), notices: [notice('unknown_type', 'hologram')] },
  'type-missing': { content: silent('unknown'), notices: [notice('unknown_type')] },
  'group-text': { content: silent('group') },
  'timestamp-missing': { content: text('When?'), notices: [notice('no_timestamp')], sentAt: receivedAt },
  'timestamp-absurd': { content: text('Later'), notices: [notice('no_timestamp')], sentAt: receivedAt },
  'phone-and-user-id': { content: text('Salam'), person: { ...phone, ...userId } },
  'no-phone-absent': { content: text('Salam'), person: userId },
  'no-phone-empty': { content: text('Salam'), person: userId },
  'no-phone-bsuid-in-from': { content: text('Salam'), person: userId },
  'phone-only-in-contacts': { content: text('Salam'), person: { ...phone, ...userId } },
  'user-id-only-in-contact': { content: text('Salam'), person: userId },
  'user-id-invalid': { content: text('Salam') },
};

/** No country has the calling code and area of the invented number. */
const charged = { billable: true, category: 'service', country: 'XX' };

const statuses: Record<string, Partial<DeliveredStatus> & { notices?: Notice[] }> = {
  'status-sent': { progress: 'sent', key: 'turn-1:0', pricing: charged },
  'status-delivered': { progress: 'delivered', key: 'turn-1:0', pricing: charged },
  'status-read': { progress: 'read', key: 'turn-1:0' },
  'status-played': { progress: 'played' },
  'status-unknown': { progress: 'other', notices: [notice('unknown_status', 'teleported')] },
  'status-failed-131047': { progress: 'failed', key: 'turn-1:0', code: '131047' },
  'status-failed-131056': { progress: 'failed', key: 'turn-1:1', code: '131056' },
  'status-failed-130472': { progress: 'failed', code: '130472' },
  'status-failed-without-code': { progress: 'failed' },
  'status-group': { progress: 'delivered' },
  'status-no-phone': { progress: 'sent' },
  'status-general-purpose-ai': {
    ...{ progress: 'delivered', key: 'turn-1:0' },
    pricing: { billable: true, category: 'general_purpose_ai', country: 'FR' },
  },
  'status-free-entry-point': {
    ...{ progress: 'delivered', key: 'turn-1:0' },
    pricing: { billable: false, category: 'referral_conversion', country: 'FR' },
  },
  'status-free-window': {
    ...{ progress: 'read', key: 'turn-1:0' },
    pricing: { billable: false, category: 'service', country: 'FR' },
  },
  'status-pricing-new-category': {
    ...{ progress: 'delivered', key: 'turn-1:0' },
    pricing: { billable: true, category: 'service_premium', country: 'FR' },
    notices: [routine('unknown_pricing_category', 'service_premium')],
  },
  'status-pricing-conversation': {
    ...{ progress: 'delivered', key: 'turn-1:0' },
    notices: [notice('unknown_pricing_model', 'CBP')],
  },
  'status-pricing-malformed': {
    ...{ progress: 'delivered', key: 'turn-1:0' },
    notices: [notice('malformed_pricing')],
  },
};

const onlyNotices: Record<string, Notice[]> = {
  'no-sender': [notice('no_sender', 'text')],
  'platform-error': [notice('platform_error', '130429')],
  standby: [notice('standby')],
  'messaging-handovers': [notice('messaging_handovers')],
  'account-update': [notice('account_restricted', 'ACCOUNT_RESTRICTION')],
  'account-deleted': [notice('account_restricted', 'ACCOUNT_DELETED')],
  'account-disabled': [notice('account_restricted', 'DISABLED_UPDATE')],
  'account-violation': [notice('account_restricted', 'ACCOUNT_VIOLATION')],
  'account-alert-critical': [notice('account_restricted', 'OBA_REJECTED')],
  'account-review-rejected': [notice('account_restricted', 'REJECTED')],
  'phone-quality-flagged': [notice('account_restricted', 'FLAGGED')],
  'phone-quality-downgrade': [notice('account_restricted', 'DOWNGRADE')],
  'phone-quality-upgrade': [routine('phone_number_quality_update', 'THROUGHPUT_UPGRADE')],
  'account-reinstated': [routine('account_update', 'DISABLED_UPDATE')],
  'account-partner-added': [routine('account_update', 'PARTNER_ADDED')],
  'account-alert-informational': [routine('account_alerts', 'OBA_APPROVED')],
  'template-status': [routine('message_template_status_update', 'APPROVED')],
  calls: [routine('calls')],
  'user-preferences': [routine('user_preferences')],
  'group-update': [routine('group_update', 'group_lifecycle_update')],
  'message-echo-edit': [routine('smb_message_echoes', 'edit')],
  'message-echo-revoke': [routine('smb_message_echoes', 'revoke')],
  'message-echo-without-recipient': [notice('no_recipient', 'text')],
  'message-echo-to-itself': [notice('own_number', 'text')],
  'unknown-field': [notice('unknown_field', 'holograms')],
  'own-number': [notice('own_number', 'text')],
  'other-object': [notice('unknown_object', 'page')],
};

function read(name: string) {
  const body: unknown = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));
  return parseDelivery(body, receivedAt);
}

function wamid(name: string): string {
  return `wamid.${Buffer.from(`FIXTURE-${name}`).toString('base64')}`;
}

function message(name: string, changes: Partial<DeliveredMessage> & { content: Content }): DeliveredMessage {
  const defaults = {
    channel: 'meta',
    number: '100000000000001',
    person: phone,
    sentAt: 1_760_000_000_000,
  } as const;
  return { id: wamid(name), ...defaults, ...changes };
}

function status(changes: Partial<DeliveredStatus>): DeliveredStatus {
  return {
    channel: 'meta',
    number: '100000000000001',
    platformId: wamid('sent-1'),
    progress: 'other',
    at: 1_760_000_000_000,
    ...changes,
  };
}

describe('parseDelivery reads', () => {
  it.each(Object.entries(messages))('%s', (name, { notices = [], ...changes }) => {
    expect(read(name)).toEqual({ messages: [message(name, changes)], statuses: [], notices });
  });

  it.each(Object.entries(statuses))('%s', (name, { notices = [], ...changes }) => {
    expect(read(name)).toEqual({ messages: [], statuses: [status(changes)], notices });
  });

  it.each(Object.entries(onlyNotices))('%s', (name, notices) => {
    expect(read(name)).toEqual({ messages: [], statuses: [], notices });
  });

  it('batch-two-businesses', () => {
    expect(read('batch-two-businesses')).toEqual({
      messages: [
        message('batch-1', { content: text('First') }),
        message('batch-2', { content: text('Second'), sentAt: 1_760_000_001_000 }),
        message('batch-3', {
          content: text('Third'),
          number: '100000000000002',
          person: { phone: '15550002222' },
        }),
      ],
      statuses: [status({ progress: 'delivered', at: 1_760_000_002_000 })],
      notices: [],
    });
  });

  it('batch-with-bad-items', () => {
    const delivery = read('batch-with-bad-items');
    expect(delivery?.messages.map(({ content }) => content)).toEqual([text('Before'), text('After')]);
    expect(delivery?.statuses).toEqual([status({ progress: 'sent' })]);
    expect(delivery?.notices).toEqual([
      { what: 'malformed_entry', count: 2 },
      { what: 'malformed_change', count: 2 },
      notice('malformed_value'),
      notice('no_number'),
      notice('platform_error', '131000'),
      notice('platform_error'),
      { what: 'malformed_message', count: 3 },
      notice('malformed_status'),
      notice('malformed_messages'),
      notice('malformed_statuses'),
    ]);
  });
});

describe('the fixtures', () => {
  it('are all tested above and listed in their README', () => {
    const batches = ['batch-two-businesses', 'batch-with-bad-items'];
    const tested = [messages, statuses, onlyNotices].flatMap((table) => Object.keys(table)).concat(batches);
    expect(tested.sort()).toEqual(names.sort());
    const readme = readFileSync(`${folder}/README.md`, 'utf8');
    for (const file of files) expect(readme).toContain(`| \`${file}\` |`);
  });

  it('leave no personal data in notices', () => {
    const notices = JSON.stringify(names.map((name) => read(name)?.notices));
    for (const personal of ['1555', 'US.', 'Example', 'Salam', 'wamid', 'zakat']) {
      expect(notices).not.toContain(personal);
    }
  });
});
