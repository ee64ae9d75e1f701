import { systemClock as clock } from '../../app/clock.ts';
import { isWindowOpen } from '../../app/conversation/window.ts';
import type { ConversationId } from '../../app/domain/conversation.ts';
import type { DeadLetter } from '../../app/ports/store.ts';
import type { OpenStore } from '../operations/open-store.ts';

export const TOO_OLD = 'too old to answer until the person writes again: WhatsApp takes replies for 24 hours';

/** Resolves to the turns that would become dead letters again: their people have not written for 24 hours. */
export async function turnsOutsideWindow(
  deadLetters: readonly DeadLetter[],
  { store }: Pick<OpenStore, 'store'>,
): Promise<ReadonlySet<string>> {
  const old = deadLetters.filter(({ newestAt }) => !isWindowOpen(newestAt, clock.now()));
  const wroteAgain = new Set<ConversationId>();
  for (const id of new Set(old.map(({ conversation }) => conversation))) {
    const { inboundAt = 0 } = (await store.conversation(id))?.conversation.standing ?? {};
    if (isWindowOpen(inboundAt, clock.now())) wroteAgain.add(id);
  }
  return new Set(old.filter((one) => !wroteAgain.has(one.conversation)).map(({ turnId }) => turnId));
}
