import type { Context, Next } from 'koa';

/** While the program is leaving, every answer is the last one of its connection, so that the peer opens another elsewhere. */
export function lastAnswer({ leaving }: { leaving: AbortSignal }) {
  return async function lastAnswer(ctx: Context, next: Next): Promise<void> {
    await next();
    if (leaving.aborted) ctx.set('Connection', 'close');
  };
}
