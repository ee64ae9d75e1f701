import { businessOf, ENV_BUSINESS } from '../business.ts';
import type { ConversationId } from '../conversation.ts';
import { identitiesOf, primaryIdentity } from '../identity.ts';
import type { Message, Person } from '../message.ts';
import { IDS_KEPT_MS } from '../retention.ts';
import { followChange, recordFormer } from './change.ts';
import { Draft, type Known } from './draft.ts';
import { type History, isLate, ownerAt, ownerNow } from './history.ts';

/** The conversation of a message, and the changes that a store must write before the message. */
export interface Resolution {
  /** Empty for an identity change that is not followed and belongs to no known person. */
  readonly conversation: ConversationId;
  /** The names whose owners change, with their complete new history. */
  readonly histories: ReadonlyMap<string, History>;
  /** The conversations whose person changes, with all names that belong to that person now. */
  readonly people: ReadonlyMap<ConversationId, Pick<Person, 'phone' | 'userId'>>;
}

/** One day less than ids are kept, so that a clock that is a day wrong does not make a replay look new. */
const CHANGE_FOLLOWED_MS = IDS_KEPT_MS - 24 * 60 * 60 * 1000;

/**
 * Returns the conversation if all names of the message belong to it now and nothing changes, which is nearly always the
 * case. Undefined: call `resolve`.
 */
export function settledConversation(
  { person, sentAt }: Pick<Message, 'person' | 'sentAt'>,
  historyOf: (name: string) => History,
): ConversationId | undefined {
  if (person.formerly !== undefined) return undefined;
  let found: ConversationId | undefined;
  for (const name of identitiesOf(person)) {
    const last = historyOf(name).at(-1);
    if (last === undefined || last.until !== undefined || last.from > sentAt) return undefined;
    if (found !== undefined && found !== last.conversation) return undefined;
    found = last.conversation;
  }
  return found;
}

/**
 * Decides whose conversation a message belongs to (docs/decisions/0012-who-a-message-is-from.md). A user id is the
 * stronger name: a message whose user id is unknown, or differs from that of the person who has its phone number, is from a
 * new person, who has the number from then on. A late message is resolved for the time at which it was sent. Idempotent:
 * resolving the message again, after some or all of its changes are written, gives the same result.
 */
export function resolve(
  { person, sentAt: at }: Pick<Message, 'person' | 'sentAt'>,
  known: Known,
  newConversation: () => ConversationId,
  now: number,
): Resolution {
  const draft = new Draft(known);
  const { formerly, ...names } = person;
  const conversation =
    formerly === undefined
      ? conversationOf(draft, names, at, newConversation)
      : changed(draft, names, formerly);
  return { conversation, histories: draft.histories, people: draft.people };

  function changed(own: Draft, current: Person, former: readonly string[]): ConversationId {
    const owner = followChange(own, current, former, at, now - at < CHANGE_FOLLOWED_MS);
    if (owner !== undefined) return owner;
    const conversation = conversationOf(own, current, at, newConversation);
    recordFormer(own, conversation, former, at);
    return conversation;
  }
}

/**
 * Returns the id at the assistant for the person of a new conversation: never a name that another person has or had. Several
 * businesses may share an assistant, so a business of the registry gets an id that no other conversation has.
 */
export function newAssistantUserId(
  person: Person,
  conversation: ConversationId,
  historyOf: (name: string) => History,
): string {
  if (businessOf(conversation) !== ENV_BUSINESS) return `${primaryIdentity(person)}-${conversation}`;
  const isOwn = (name: string | undefined) =>
    name !== undefined && historyOf(name).every((one) => one.conversation === conversation);
  if (isOwn(person.phone)) return primaryIdentity(person);
  if (person.userId !== undefined && isOwn(person.userId)) return person.userId;
  return `${primaryIdentity(person)}-${conversation}`;
}

function conversationOf(
  draft: Draft,
  { phone, userId }: Person,
  at: number,
  newConversation: () => ConversationId,
): ConversationId {
  const byPhone = ownerAt(draft.historyOf(phone), at);
  if (userId === undefined) return byPhone?.conversation ?? newPerson();
  const byUserId = ownerAt(draft.historyOf(userId), at);
  if (byUserId !== undefined) {
    const { conversation, until } = byUserId;
    if (until === undefined && phone !== undefined) claimPhone(draft, conversation, phone, at);
    return conversation;
  }
  // The user id was unknown so far, or a process stopped while writing it.
  const hasUserId = byPhone && draft.namesOf(byPhone.conversation).userId;
  if (byPhone !== undefined && (hasUserId ?? userId) === userId) {
    const { conversation, until } = byPhone;
    if (until === undefined && !isLate(draft.historyOf(userId), at)) {
      draft.giveAt(conversation, 'userId', userId, at);
    }
    return conversation;
  }
  return newPerson();

  function newPerson(): ConversationId {
    const conversation = newConversation();
    if (userId !== undefined) draft.giveAt(conversation, 'userId', userId, at);
    if (phone === undefined) return conversation;
    if (byPhone === undefined) {
      if (!isLate(draft.historyOf(phone), at)) draft.clearFromOthers(phone, conversation);
      draft.giveAt(conversation, 'phone', phone, at);
    } else if (byPhone.until === undefined && draft.lastSentAt(byPhone.conversation) <= at) {
      draft.clearFromOthers(phone, conversation);
      draft.give(conversation, 'phone', phone, at);
    }
    return conversation;
  }
}

/** A person who is known by the user id shows a phone number, which may have belonged to another person. */
function claimPhone(draft: Draft, conversation: ConversationId, phone: string, at: number): void {
  const history = draft.historyOf(phone);
  const owner = ownerNow(history);
  if (owner === conversation || isLate(history, at)) return;
  if (owner !== undefined && draft.lastSentAt(owner) > at) return;
  // An owner without a user id is taken for the same person, and replies still go to this number.
  const same = owner !== undefined && draft.namesOf(owner).userId === undefined;
  if (!same) draft.clearFromOthers(phone, conversation);
  const isFirst = history.length === 0 && draft.namesOf(conversation).phone === undefined;
  draft.give(conversation, 'phone', phone, isFirst ? 0 : at);
}
