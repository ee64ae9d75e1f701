import type { Context } from 'koa';
import { callWithFaults, type Rejection } from '../call-with-faults.ts';
import type { Bubble, Chat } from '../chats.ts';
import { makePerson, unknownPerson } from '../people.ts';
import type { Shared } from '../platform.ts';
import type { Statuses } from '../webhook/statuses.ts';
import { notFound, TwilioError } from './errors.ts';
import { listMessages } from './list.ts';
import type { Fields } from './request.ts';
import { type Outgoing, type Resource, resourceJson, resourceOf } from './resource.ts';
import { readSendRequest, type SendRequest } from './send-request.ts';

interface Dependencies extends Shared {
  readonly statuses: Statuses;
  readonly outgoing: WeakMap<Bubble, Outgoing>;
  /** Called when a message was accepted, before any other status. */
  readonly onQueued: (chat: Chat, reply: Bubble) => void;
}

const SID = /^(SM|MM)[0-9a-f]{32}$/;

/** The messages of the account, as calls of the API see them. */
export function createMessages(dependencies: Dependencies) {
  const { options, chats, faults, counters, statuses, outgoing, onQueued } = dependencies;
  const { accountSid, number } = options.twilio;

  async function create(ctx: Context, fields: Fields): Promise<void> {
    const request = readSendRequest(fields, number);
    await callWithFaults(ctx, {
      faults,
      counters,
      target: { people: [chats.find(request.to)?.person.id ?? request.to], call: 'sends' },
      errorOf,
      respond() {
        ctx.status = 201;
        ctx.body = resourceJson(resource(accept(request)), accountSid);
      },
    });
  }

  function accept({ to, content, statusCallback }: SendRequest): Bubble {
    const known = options.acceptsUnknownRecipients ? chats.of(to) : chats.find(to);
    const chat = known ?? nobody(to);
    const reply = chats.addBusinessMessage(chat, content, {
      ...(statusCallback === undefined ? {} : { key: statusCallback }),
    });
    outgoing.set(reply, { updatedAt: reply.at });
    counters.accepted += 1;
    onQueued(chat, reply);
    // Twilio accepts what WhatsApp refuses, and says so with a status.
    statuses.follow(chat, reply, known === undefined ? 63024 : refusalOf(chat, content.kind));
    return reply;
  }

  /** Free text needs a message of the person within the last 24 hours. */
  function refusalOf({ wroteAt }: Chat, kind: string): number | undefined {
    if (kind === 'template' || (wroteAt === undefined && options.acceptsUnknownRecipients)) return undefined;
    return wroteAt !== undefined && options.now() - wroteAt < options.windowMs ? undefined : 63016;
  }

  function show(ctx: Context, sid: string): void {
    const bubble = SID.test(sid) ? chats.bubble(sid) : undefined;
    if (!bubble) throw notFound(ctx.path);
    ctx.body = resourceJson(resource(bubble), accountSid);
  }

  function list(ctx: Context): void {
    const all = chats.bubbles().filter(({ id }) => SID.test(id));
    ctx.body = listMessages(all.map(resource).reverse(), new URLSearchParams(ctx.querystring), accountSid);
  }

  function resource(bubble: Bubble): Resource {
    return resourceOf(bubble, { chats, options, outgoing: outgoing.get(bubble) });
  }

  /** The typing indicator, which also marks the message as read (Twilio, "Typing indicators resource"). */
  async function showTyping(ctx: Context, { messageId = '', channel }: Fields): Promise<void> {
    if (channel !== 'whatsapp') throw new TwilioError(20001, { message: "channel must be 'whatsapp'" });
    const bubble = chats.bubble(messageId);
    const chat = bubble?.by === 'person' ? chats.find(bubble.person) : undefined;
    await callWithFaults(ctx, {
      faults,
      counters,
      target: { people: [bubble?.person ?? ''], call: 'receipts' },
      errorOf,
      respond() {
        if (!bubble || !chat)
          throw new TwilioError(20404, { message: 'messageId is not a message to this account' });
        counters.receipts += 1;
        chats.readUpTo(chat, bubble);
        chats.showTyping(chat);
        ctx.body = { success: true };
      },
    });
  }

  return { create, show, list, showTyping };
}

/** A chat that no phone has. */
function nobody(identity: string): Chat {
  const person = unknownPerson(identity);
  return { person: makePerson(person, person.name), bubbles: [], phoneOff: true };
}

function errorOf(fault: Rejection): TwilioError {
  if (fault.kind === 'refuse') return new TwilioError(fault.code);
  const { retryAfterSeconds } = fault;
  return new TwilioError(20429, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
}
