import type { ConversationId } from '../conversation.ts';
import type { Person } from '../message.ts';
import type { Draft } from './draft.ts';
import { ended, isLate, ownerAt, ownerNow, withOwner } from './history.ts';

/**
 * The platform may stamp its notice of a change some seconds after the first message from the new number. A number
 * does not go from one person to another within a minute.
 */
const STAMP_SKEW_MS = 60_000;

const isPhone = (name: string) => /^\d+$/.test(name);

/**
 * Follows an identity change that the platform announces: from then on the person of the former names has the new
 * ones, and the former ones no longer. Returns whose conversation it is; undefined when nobody known had a former name
 * and the message is to be read as any other. Changes nothing when it is older than what is known, or when it may not
 * be followed; then the result is empty for somebody unknown.
 */
export function followChange(
  draft: Draft,
  { phone, userId }: Person,
  formerly: readonly string[],
  at: number,
  mayFollow: boolean,
): ConversationId | undefined {
  const formerIds = formerly.filter((name) => !isPhone(name));
  // User ids first, as everywhere.
  const former = ownerOf(formerIds) ?? ownerOf(formerly.filter(isPhone), mayBeThisPerson);
  const byUserId = ownerAt(draft.historyOf(userId), at);
  const hadPhone = ownerAt(draft.historyOf(phone), at);
  const byPhone = hadPhone !== undefined && mayBeThisPerson(hadPhone.conversation) ? hadPhone : undefined;
  const moves = phone !== undefined && formerly.some((name) => name !== phone && isPhone(name));
  if (!mayFollow) return former ?? byUserId?.conversation ?? byPhone?.conversation ?? '';

  if (byUserId?.until !== undefined || (moves && byPhone?.until !== undefined)) {
    // The new names have moved on since; the former ones end all the same.
    const owner = byUserId?.conversation ?? byPhone?.conversation;
    if (former !== undefined && draft.lastSentAt(former) <= at) endAll(formerly, former, owner);
    releaseNumbers(owner);
    return owner;
  }
  if (former === undefined) {
    releaseNumbers(undefined);
    return undefined;
  }
  const owner = byUserId?.conversation ?? (moves ? ownerOfMove(former) : former);
  if (owner === undefined) return former;
  const names = draft.namesOf(former);
  // Meta renews the user id with the number, so a move leaves no name but the new ones.
  endAll([...formerly, ...(moves ? [names.phone] : []), names.userId], former, owner);
  releaseNumbers(owner);
  if (phone !== undefined) takePhone(owner, phone);
  if (userId !== undefined) takeUserId(owner, userId);
  return owner;

  function ownerOf(
    names: readonly string[],
    fits: (owner: ConversationId) => boolean = () => true,
  ): ConversationId | undefined {
    return names
      .map((name) => ownerAt(draft.historyOf(name), at)?.conversation)
      .find((owner) => owner !== undefined && fits(owner));
  }

  /** False: the conversation has a user id, and none of those that the notice names was ever its own. */
  function mayBeThisPerson(conversation: ConversationId): boolean {
    const shown = userId === undefined ? formerIds : [userId, ...formerIds];
    const { userId: has } = draft.namesOf(conversation);
    if (has === undefined || shown.length === 0 || shown.includes(has)) return true;
    return shown.some((name) => draft.historyOf(name).some((one) => one.conversation === conversation));
  }

  /**
   * A former number was this person's until now. Who is known by it had left it unannounced, and has it no longer: unless
   * they have written since.
   */
  function releaseNumbers(to: ConversationId | undefined): void {
    for (const name of formerly.filter((one) => isPhone(one) && one !== phone)) {
      const holder = ownerNow(draft.historyOf(name));
      if (holder === undefined || holder === to || draft.lastSentAt(holder) > at) continue;
      draft.end(holder, name, at);
      const history = draft.historyOf(name);
      if (to === undefined || ownerNow(history) !== undefined) continue;
      draft.histories.set(name, ended(withOwner(history, to, at), at));
    }
  }

  /** Undefined: somebody has written from the former number since, so the notice is older than what is known. */
  function ownerOfMove(from: ConversationId): ConversationId | undefined {
    if (byPhone?.conversation === from) return from;
    if (draft.lastSentAt(from) > at) return undefined;
    // This person has written from the new number since, and was a stranger: it is too late to join the two.
    if (byPhone !== undefined && draft.lastSentAt(byPhone.conversation) >= at) return byPhone.conversation;
    return from;
  }

  function takePhone(conversation: ConversationId, name: string): void {
    const history = draft.historyOf(name);
    const before = ownerNow(history);
    if (before === conversation || isLate(history, at)) return;
    // Somebody else who was known by it has written since, maybe from it.
    if (before !== undefined && draft.lastSentAt(before) >= at) return;
    const { phone: left } = draft.namesOf(conversation);
    if (left !== undefined) draft.end(conversation, left, at);
    draft.clearFromOthers(name, conversation);
    const free = Math.max(history.at(-1)?.until ?? 0, at - STAMP_SKEW_MS);
    draft.give(conversation, 'phone', name, before === undefined ? free : at);
  }

  function takeUserId(conversation: ConversationId, name: string): void {
    const history = draft.historyOf(name);
    if (ownerNow(history) === conversation || isLate(history, at)) return;
    draft.giveAt(conversation, 'userId', name, at);
  }

  function endAll(
    names: readonly (string | undefined)[],
    from: ConversationId,
    to: ConversationId | undefined,
  ): void {
    for (const name of new Set(names)) {
      if (name === undefined || name === phone || name === userId) continue;
      const had = ownerNow(draft.historyOf(name)) === from;
      draft.end(from, name, at);
      const history = draft.historyOf(name);
      if (!had || to === undefined || from === to || ownerNow(history) !== undefined) continue;
      // Both are one person: an erasure of either finds the other through this.
      draft.histories.set(name, ended(withOwner(history, to, at), at));
    }
  }
}

/** Former names that nobody was known by were this person's: what was sent from them before the change may come late. */
export function recordFormer(
  draft: Draft,
  conversation: ConversationId,
  formerly: readonly string[],
  at: number,
): void {
  for (const name of formerly) {
    const history = draft.historyOf(name);
    if (ownerNow(history) !== undefined || isLate(history, at)) continue;
    const from = history.at(-1)?.until ?? 0;
    draft.histories.set(name, ended(withOwner(history, conversation, from), at));
  }
}
