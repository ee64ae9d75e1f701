import type { Context } from 'koa';
import { callWithFaults, type Rejection } from '../call-with-faults.ts';
import type { Chat, Chats } from '../chats.ts';
import type { Counters } from '../counters.ts';
import type { Faults } from '../faults.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Statuses } from '../webhook/statuses.ts';
import type { Business } from './business.ts';
import { GraphError, invalid } from './errors.ts';
import { createLimits } from './limits.ts';
import { type GraphRequest, readRequest } from './request.ts';
import type { StoredObjects } from './sending/stored-objects.ts';

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly faults: Faults;
  readonly statuses: Statuses;
  readonly counters: Counters;
  readonly stored: StoredObjects;
  readonly business: Business;
}

type Send = Extract<GraphRequest, { ask: 'send' }>;
type Receipt = Extract<GraphRequest, { ask: 'receipt' }>;

/** `POST /{number}/messages` as in the Graph API. */
export function createGraphMessages({
  options,
  chats,
  faults,
  statuses,
  counters,
  stored,
  business,
}: Dependencies) {
  const limits = createLimits(options);

  /** `json` is the body of the call. Resets the connection itself where a fault asks for it. */
  async function respond(ctx: Context, json: unknown): Promise<void> {
    const request = readRequest(json, stored);
    await callWithFaults(ctx, {
      faults,
      counters,
      target: { people: [personOf(request)], call: request.ask === 'send' ? 'sends' : 'receipts' },
      errorOf,
      respond() {
        ctx.body = request.ask === 'send' ? accept(request) : receive(request);
      },
    });
  }

  function personOf(request: GraphRequest): string {
    if (request.ask === 'receipt') return chats.bubble(request.messageId)?.person ?? '';
    return chats.find(request.to)?.person.id ?? request.to;
  }

  function accept({ to, content, key, replyTo }: Send): Record<string, unknown> {
    if (!business.registered) throw new GraphError(133010, { details: 'Register the number first.' });
    if (to === options.displayNumber) throw new GraphError(131021);
    const chat = options.acceptsUnknownRecipients ? chats.of(to) : chats.find(to);
    if (!chat) throw new GraphError(131026, { details: 'Nobody here has this number.' });
    limits.check(chat.person.id);
    if (content.kind !== 'template') checkWindow(chat);
    if (content.kind === 'reaction' && chats.bubble(content.to)?.person !== chat.person.id)
      throw invalid('reaction: message_id is not a message of this chat');
    const more = { ...(key === undefined ? {} : { key }), ...(replyTo === undefined ? {} : { to: replyTo }) };
    const reply = chats.addBusinessMessage(chat, content, more);
    counters.accepted += 1;
    statuses.follow(chat, reply);
    const status = content.kind === 'template' ? { message_status: 'accepted' } : {};
    return {
      messaging_product: 'whatsapp',
      contacts: [contact(chat, to)],
      messages: [{ id: reply.id, ...status }],
    };
  }

  function checkWindow({ wroteAt }: Chat): void {
    if (wroteAt === undefined && options.acceptsUnknownRecipients) return;
    if (wroteAt !== undefined && options.now() - wroteAt < options.windowMs) return;
    throw new GraphError(131047, { details: 'More than 24 hours have passed since this person last wrote.' });
  }

  function contact({ person }: Chat, to: string): Record<string, unknown> {
    const phone = person.phone === undefined ? {} : { wa_id: person.phone };
    return { input: to, ...phone, user_id: person.userId };
  }

  function receive({ messageId, typing }: Receipt): Record<string, unknown> {
    const bubble = chats.bubble(messageId);
    const chat = bubble?.by === 'person' ? chats.find(bubble.person) : undefined;
    if (!bubble || !chat) throw invalid('message_id is not a message to this number');
    counters.receipts += 1;
    chats.readUpTo(chat, bubble);
    if (typing) chats.showTyping(chat);
    return { success: true };
  }

  return respond;
}

function errorOf(fault: Rejection): GraphError {
  if (fault.kind === 'refuse') return new GraphError(fault.code);
  const { retryAfterSeconds } = fault;
  return new GraphError(4, {
    status: 429,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
