import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'koa';
import type { Chat, Chats } from '../chats.ts';
import type { Counters } from '../counters.ts';
import type { Fault, Faults } from '../faults.ts';
import { readJson } from '../http/body.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Statuses } from '../webhook/statuses.ts';
import { GraphError } from './errors.ts';
import { createLimits } from './limits.ts';
import { type GraphRequest, readRequest } from './request.ts';

interface Means {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly faults: Faults;
  readonly statuses: Statuses;
  readonly counters: Counters;
}

type Send = Extract<GraphRequest, { ask: 'send' }>;
type Receipt = Extract<GraphRequest, { ask: 'receipt' }>;

const OLDEST_VERSION = 21;
const BEFORE = ['throttled', 'refuse', 'cut'] as const;
const AFTER = ['lost', 'slow'] as const;

/** `POST /{version}/{number}/messages`, as the Graph API answers it. */
export function createGraphMessages({ options, chats, faults, statuses, counters }: Means) {
  const limits = createLimits(options);

  async function answer(ctx: Context, version: string, number: string): Promise<void> {
    checkVersion(version);
    checkToken(ctx.get('authorization'));
    checkNumber(number);
    const request = readRequest(await readJson(ctx.req));
    const about = { people: [whom(request)], call: request.ask === 'send' ? 'sends' : 'receipts' } as const;
    const refusal = faults.draw(BEFORE, about);
    if (refusal?.kind === 'cut') return reset(ctx);
    if (refusal) throw refused(refusal);
    ctx.body = request.ask === 'send' ? accept(request) : receive(request);
    const strike = faults.draw(AFTER, about);
    if (strike?.kind === 'lost') return reset(ctx);
    if (strike) await sleep(strike.ms);
  }

  function checkToken(authorization: string): void {
    if (authorization === `Bearer ${options.accessToken}`) return;
    throw new GraphError(190, { message: 'Invalid OAuth access token - Cannot parse access token' });
  }

  function checkNumber(number: string): void {
    if (number === options.number) return;
    const message = `Unsupported post request. Object with ID '${number}' does not exist or cannot be loaded.`;
    throw new GraphError(100, { subcode: 33, message });
  }

  function whom(request: GraphRequest): string {
    if (request.ask === 'receipt') return chats.bubble(request.messageId)?.person ?? '';
    return chats.find(request.to)?.person.id ?? request.to;
  }

  function accept({ to, text, key }: Send): Record<string, unknown> {
    const chat = options.welcomesStrangers ? chats.of(to) : chats.find(to);
    if (!chat) throw new GraphError(131026, { details: 'Nobody here has this number.' });
    limits.check(chat.person.id);
    checkWindow(chat);
    const reply = chats.businessSays(chat, text, key);
    counters.accepted += 1;
    statuses.follow(chat, reply);
    return { messaging_product: 'whatsapp', contacts: [contact(chat, to)], messages: [{ id: reply.id }] };
  }

  function checkWindow({ wroteAt }: Chat): void {
    if (wroteAt === undefined && options.welcomesStrangers) return;
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
    if (!bubble || !chat)
      throw new GraphError(131009, { details: 'message_id is not a message to this number' });
    counters.receipts += 1;
    chats.readUpTo(chat, bubble);
    if (typing) chats.showTyping(chat);
    return { success: true };
  }

  /** Nothing is answered: the caller cannot know what happened. */
  function reset(ctx: Context): void {
    counters.unanswered += 1;
    ctx.respond = false;
    ctx.req.socket.resetAndDestroy();
  }

  return async (ctx: Context, version: string, number: string): Promise<void> => {
    try {
      await answer(ctx, version, number);
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      counters.refused[error.code] = (counters.refused[error.code] ?? 0) + 1;
      ctx.status = error.status;
      ctx.body = error.body;
      if (error.retryAfterSeconds !== undefined) ctx.set('retry-after', String(error.retryAfterSeconds));
    }
  };
}

function checkVersion(version: string): void {
  const asked = /^v([0-9]{1,3})\.0$/.exec(version)?.[1];
  if (asked !== undefined && Number(asked) >= OLDEST_VERSION) return;
  throw new GraphError(2500, { message: `Unknown path components: /${version}` });
}

function refused(fault: Extract<Fault, { kind: 'throttled' | 'refuse' }>): GraphError {
  if (fault.kind === 'refuse') return new GraphError(fault.code);
  const { retryAfterSeconds } = fault;
  return new GraphError(4, {
    status: 429,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
