import type { ConversationId } from '../conversation.ts';
import { isPhone } from '../identity.ts';
import type { Person } from '../message.ts';
import type { Draft } from './draft.ts';
import { ended, isLate, ownerAt, ownerNow, withOwner } from './history.ts';

/**
 * The platform may timestamp its notice of a change some seconds after the first message from the new number. A number
 * does not move from one person to another within a minute.
 */
const STAMP_SKEW_MS = 60_000;

/**
 * Applies an identity change that the platform announces: from then on the person of the former names has the new ones, and
 * no longer the former ones. Returns the person's conversation; undefined when no known person had a former name, and the
 * message is to be resolved like any other. Changes nothing when it is older than the stored state or `mayFollow` is false;
 * then the result is empty for an unknown person.
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
    // The new names have moved on since; the former ones end nevertheless.
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
  // Meta renews the user id with the number, so a move leaves only the new names.
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

  /** False if the conversation has a user id and never had one of those in the notice. */
  function mayBeThisPerson(conversation: ConversationId): boolean {
    const shown = userId === undefined ? formerIds : [userId, ...formerIds];
    const { userId: has } = draft.namesOf(conversation);
    if (has === undefined || shown.length === 0 || shown.includes(has)) return true;
    return shown.some((name) => draft.historyOf(name).some((one) => one.conversation === conversation));
  }

  /**
   * A former number belonged to this person until now. Another owner must have left it unannounced and loses it, unless that
   * owner has written since.
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

  /** Undefined if a message from the former number is newer than the notice. */
  function ownerOfMove(from: ConversationId): ConversationId | undefined {
    if (byPhone?.conversation === from) return from;
    if (draft.lastSentAt(from) > at) return undefined;
    // The person has written from the new number since, as a new person: it is too late to join the two.
    if (byPhone !== undefined && draft.lastSentAt(byPhone.conversation) >= at) return byPhone.conversation;
    return from;
  }

  function takePhone(conversation: ConversationId, name: string): void {
    const history = draft.historyOf(name);
    const before = ownerNow(history);
    if (before === conversation || isLate(history, at)) return;
    // Its owner has written since, maybe from this number.
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
      // Both are one person: an erasure of either must find the other.
      draft.histories.set(name, ended(withOwner(history, to, at), at));
    }
  }
}

/** Records former names without an owner as this person's: messages sent from them before the change may come late. */
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
