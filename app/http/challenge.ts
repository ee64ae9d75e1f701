import type { Context } from 'koa';
import { oncePerMinute } from '../log/once-per-minute.ts';
import type { Log } from '../log.ts';
import type { WebhookChannel } from '../ports/webhook-channel.ts';
import { respond } from './respond.ts';

export interface ChallengeOptions {
  readonly challenge: NonNullable<WebhookChannel['challenge']>;
  readonly log: Log;
  readonly now: () => number;
}

/**
 * Answers a platform's check that the address is ours. Platforms do not tell their customer why they rejected an address,
 * so the log does.
 */
export function answerChallenge({ challenge, log, now }: ChallengeOptions) {
  const countToLog = oncePerMinute(now);
  return function answerChallenge(ctx: Context): void {
    const answer = challenge(ctx.query);
    if (!answer.ok) {
      const { status, message } = answer;
      const count = countToLog(message);
      if (count !== undefined) log.warn('the address was not verified', { status, reason: message, count });
      respond(ctx, now(), { status, message, errorCode: status === 403 ? 'FORBIDDEN' : 'BAD_REQUEST' });
      return;
    }
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = answer.text;
  };
}
