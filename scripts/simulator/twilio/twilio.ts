import { randomBytes } from 'node:crypto';
import { BadRequest } from '../bad-request.ts';
import type { Bubble, Chat, NewMessageId } from '../chats.ts';
import { createPersonActions } from '../person-actions.ts';
import type { Platform, Shared } from '../platform.ts';
import { createOutbox, type Update } from '../webhook/outbox.ts';
import { createStatuses } from '../webhook/statuses.ts';
import { createApi } from './api.ts';
import { textOf } from './errors.ts';
import { checkDelivered, inboundFields } from './inbound.ts';
import { createMessages } from './messages.ts';
import { type Fields, formRequest } from './request.ts';
import type { Outgoing } from './resource.ts';
import { statusFields } from './status-fields.ts';

interface TwilioUpdate extends Update {
  readonly url: string;
  readonly fields: Fields;
}

/** Each message and each status is a POST of its own. */
const SINGLY = { waitMs: 1, chance: 0, max: 1 };

const WITH_MEDIA = new Set<string>(['image', 'video', 'document', 'audio', 'sticker', 'contacts']);

/** `SM` and 32 hexadecimal digits, or `MM` for a message with media. */
export const newTwilioMessageSid: NewMessageId = (kind) =>
  `${WITH_MEDIA.has(kind) ? 'MM' : 'SM'}${randomBytes(16).toString('hex')}`;

/**
 * WhatsApp by way of Twilio: its REST API, and webhooks as signed forms. Twilio itself delivers again only when the URL asks
 * for it (`#rc=5&rp=all`), and five times at most. The simulator repeats until the app accepts, so that nothing is lost
 * while the app is down.
 */
export function createTwilio(shared: Shared): Platform {
  const { options, chats, faults, counters, media, sender } = shared;
  const { authToken } = options.twilio;
  const outgoing = new WeakMap<Bubble, Outgoing>();
  const outbox = createOutbox<TwilioUpdate>({
    ...shared,
    batch: SINGLY,
    requestOf: (updates) => {
      const [update, ...others] = updates;
      if (update === undefined || others.length > 0) throw new Error('Twilio delivers updates one by one');
      return formRequest(update.url, update.fields, authToken);
    },
  });
  const statuses = createStatuses({
    ...shared,
    reasonOf: textOf,
    deliver(chat, reply, status) {
      const at = options.now();
      const before = outgoing.get(reply);
      const isSent = status === 'sent' || status === 'failed';
      outgoing.set(reply, { ...before, ...(isSent ? { sentAt: at } : {}), updatedAt: at });
      report(chat, reply);
    },
  });
  const actions = createPersonActions({
    ...shared,
    newMessageId: newTwilioMessageSid,
    check: checkDelivered,
    deliverMessage: (chat, bubble, content) =>
      outbox.put({
        kind: 'messages',
        person: chat.person.id,
        id: bubble.id,
        url: options.webhookUrl,
        fields: inboundFields({ options, chats, media }, chat, bubble, content),
      }),
    // Twilio says nothing of it: the next message has the new number or user id.
    deliverChange() {},
  });
  const messages = createMessages({
    ...shared,
    statuses,
    outgoing,
    onQueued(chat, reply) {
      if (!faults.draw(['drop_statuses'], { people: [chat.person.id] })) report(chat, reply);
    },
  });

  /** Posts the state of a reply to the address that came with it. */
  function report({ person }: Chat, reply: Bubble): void {
    if (reply.key === undefined) return;
    const fields = statusFields(options.twilio, person, reply);
    outbox.put({ kind: 'statuses', person: person.id, id: reply.id, url: reply.key, fields });
  }

  return {
    api: createApi({ options, counters, media, messages }),
    statuses,
    signed: (url, body) =>
      formRequest(url, Object.fromEntries(new URLSearchParams(body.toString('utf8'))), authToken),
    ...actions,
    deliver(payload) {
      const fields = Object.fromEntries(
        Object.entries(payload).map(([name, value]) => [name, String(value)]),
      );
      void sender.post(formRequest(options.webhookUrl, fields, authToken));
    },
    verify: () => Promise.reject(new BadRequest('Twilio sends no challenge')),
    idle: outbox.idle,
  };
}
