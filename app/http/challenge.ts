import type { Context } from 'koa';
import { seldom } from '../log/seldom.ts';
import type { Log } from '../log.ts';
import { type Answer, answer } from './answer.ts';
import { sameSecret } from './same-secret.ts';

/** A challenge is repeated as it came: letters that could form markup are not (Meta sends digits). */
const CHALLENGE = /^[\w-]{1,256}$/;

export interface ChallengeOptions {
  readonly verifyToken: string;
  readonly log: Log;
  readonly now: () => number;
}

/**
 * Meta's question whether this address is ours (Graph API, "Webhooks: Getting Started"): 200 with the bare challenge
 * when the verify token is right. Meta's dashboard does not say why an address was not taken; the log does.
 */
export function verifyAddress({ verifyToken, log, now }: ChallengeOptions) {
  const saying = seldom(now);
  return function challenge(ctx: Context): void {
    const judged = judge(ctx.query, verifyToken);
    if ('refusal' in judged) {
      const { status, message } = judged.refusal;
      const count = saying(message);
      if (count !== undefined) log.warn('the address was not verified', { status, reason: message, count });
      answer(ctx, now(), judged.refusal);
      return;
    }
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = judged.challenge;
  };
}

function judge(query: Context['query'], verifyToken: string): { challenge: string } | { refusal: Answer } {
  const mode = query['hub.mode'];
  const token = query['hub.verify_token'];
  const challenge = query['hub.challenge'];
  // A parameter that is given twice is an array.
  if (typeof mode !== 'string' || typeof token !== 'string' || typeof challenge !== 'string') {
    return { refusal: MISSING };
  }
  if (!sameSecret(token, verifyToken) || mode !== 'subscribe') return { refusal: FORBIDDEN };
  if (!CHALLENGE.test(challenge)) return { refusal: UNSAFE };
  return { challenge };
}

const MISSING: Answer = {
  status: 400,
  message: 'hub.mode, hub.verify_token and hub.challenge are needed, each once',
  errorCode: 'BAD_REQUEST',
};
const FORBIDDEN: Answer = {
  status: 403,
  message: 'the verify token or the mode is wrong',
  errorCode: 'FORBIDDEN',
};
const UNSAFE: Answer = {
  status: 400,
  message: 'hub.challenge may hold letters, digits, _ and - only',
  errorCode: 'BAD_REQUEST',
};
