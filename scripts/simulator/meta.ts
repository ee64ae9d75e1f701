import { randomBytes } from 'node:crypto';
import type { Bubble } from './chats.ts';
import { type Content, forwardedOf } from './content/person.ts';
import { createBusiness } from './graph/business.ts';
import { errorJson, titleOf } from './graph/errors.ts';
import { createGraph } from './graph/graph.ts';
import { createGraphMessages } from './graph/messages.ts';
import { createTemplates } from './graph/templates.ts';
import type { Person } from './people.ts';
import { createPersonActions } from './person-actions.ts';
import type { Platform, Shared } from './platform.ts';
import { changeJson, contentJson } from './webhook/message-json.ts';
import { createOutbox } from './webhook/outbox.ts';
import {
  deliveryJson,
  type MetaUpdate,
  messageUpdate,
  statusUpdate,
  systemUpdate,
} from './webhook/payload.ts';
import type { WebhookRequest } from './webhook/sender.ts';
import { signature, wireJson } from './webhook/signature.ts';
import { createStatuses } from './webhook/statuses.ts';
import { verifyCallback } from './webhook/verify.ts';

/** Meta's ids are opaque. */
export function newMetaMessageId(): string {
  return `wamid.${randomBytes(31).toString('base64')}`;
}

/** WhatsApp by way of Meta: the Graph API, and webhooks in JSON. */
export function createMeta(shared: Shared): Platform {
  const { options, chats, counters, media, sender } = shared;
  const templates = createTemplates();
  const business = createBusiness(options);
  const outbox = createOutbox<MetaUpdate>({
    ...shared,
    batch: options.batch,
    requestOf: (updates) => requestOf(deliveryJson(options, updates, options.random)),
  });
  const statuses = createStatuses({
    ...shared,
    reasonOf: titleOf,
    deliver: ({ person }, reply, status, code) =>
      outbox.put(
        statusUpdate(person, {
          id: reply.id,
          status,
          at: options.now(),
          ...(reply.key === undefined ? {} : { key: reply.key }),
          ...(code === undefined ? {} : { error: errorJson(code) }),
        }),
      ),
  });
  const actions = createPersonActions({
    ...shared,
    newMessageId: newMetaMessageId,
    deliverMessage({ person }, bubble, content) {
      const part = { ...context(person, bubble, content), ...contentJson(content, media) };
      outbox.put(messageUpdate(person, { ...bubble, part }));
    },
    deliverChange({ person }, bubble, content, before) {
      const part = changeJson(content, person, before.userId);
      outbox.put(systemUpdate(before, { ...bubble, part }, content.kind === 'changed_number'));
    },
  });
  const messages = createGraphMessages({ ...shared, statuses, stored: { media, templates }, business });

  function requestOf(payload: unknown): WebhookRequest {
    return { ...signed(wireJson(payload)), url: () => business.callback() };
  }

  function signed(body: Buffer): Omit<WebhookRequest, 'url'> {
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'facebookexternalua',
        'x-hub-signature-256': signature(body, options.appSecret),
      },
    };
  }

  /** Meta, "messages webhook reference", `context`: what a message replies to, or that it was forwarded. */
  function context(person: Person, { to }: Bubble, content: Content): Record<string, unknown> {
    const forwarded = forwardedOf(content);
    if (forwarded === 'once') return { context: { forwarded: true } };
    if (forwarded === 'often') return { context: { frequently_forwarded: true } };
    if (to === undefined) return {};
    const own = chats.bubble(to)?.by === 'person';
    return { context: { from: own ? (person.phone ?? person.userId) : options.displayNumber, id: to } };
  }

  return {
    api: createGraph({ options, counters, media, templates, business, messages }),
    statuses,
    signed: (url, body) => ({ ...signed(body), url: () => url }),
    ...actions,
    deliver: (payload) => void sender.post(requestOf(payload)),
    verify: () =>
      verifyCallback(
        business.callback() ?? options.webhookUrl,
        options.verifyToken,
        options.responseTimeoutMs,
      ),
    idle: outbox.idle,
  };
}
