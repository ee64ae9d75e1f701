import type { ConversationId } from '../conversation.ts';
import type { Person } from '../message.ts';
import { ended, type History, isLate, ownerNow, withOwner, withOwnerAt } from './history.ts';

/** The stored person of a conversation. */
interface KnownPerson extends Pick<Person, 'phone' | 'userId'> {
  /** When the newest message was sent that a turn has taken or that opened the conversation. */
  readonly lastSentAt: number;
}

/** Read access to the stored identities. */
export interface Known {
  historyOf(name: string): History;
  /** Returns undefined if the conversation does not exist (yet). */
  personOf(conversation: ConversationId): KnownPerson | undefined;
}

export type NameKind = 'phone' | 'userId';
type Names = Pick<Person, NameKind>;

/** Pending changes of histories and people, on top of the stored ones. */
export class Draft {
  readonly histories = new Map<string, History>();
  readonly people = new Map<ConversationId, Names>();
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  historyOf(name: string | undefined): History {
    if (name === undefined) return [];
    return this.histories.get(name) ?? this.#known.historyOf(name);
  }

  namesOf(conversation: ConversationId): Names {
    return this.people.get(conversation) ?? this.#known.personOf(conversation) ?? {};
  }

  lastSentAt(conversation: ConversationId): number {
    return this.#known.personOf(conversation)?.lastSentAt ?? 0;
  }

  /** Assigns a name to the conversation's person from `from` on, replacing the person's other name of that kind. */
  give(conversation: ConversationId, kind: NameKind, name: string, from: number): void {
    this.#replace(conversation, kind, name, from);
    const history = this.historyOf(name);
    if (ownerNow(history) !== conversation) this.histories.set(name, withOwner(history, conversation, from));
  }

  /** The same for a name without an owner at `at`; it may belong to another person today. */
  giveAt(conversation: ConversationId, kind: NameKind, name: string, at: number): void {
    const history = this.historyOf(name);
    if (!isLate(history, at)) this.#replace(conversation, kind, name, at);
    this.histories.set(name, withOwnerAt(history, conversation, at));
  }

  /** Ends the person's ownership of a name at `at`, if the person has it. */
  end(conversation: ConversationId, name: string, at: number): void {
    const history = this.historyOf(name);
    if (ownerNow(history) !== conversation || isLate(history, at)) return;
    this.histories.set(name, ended(history, at));
    this.#forget(conversation, name);
  }

  /** Removes the name from the addresses of all other conversations. */
  clearFromOthers(name: string, conversation: ConversationId): void {
    for (const { conversation: other } of this.historyOf(name)) {
      if (other !== conversation) this.#forget(other, name);
    }
  }

  #replace(conversation: ConversationId, kind: NameKind, name: string, from: number): void {
    const names = this.namesOf(conversation);
    const before = names[kind];
    if (before === name) return;
    if (before !== undefined) this.end(conversation, before, from);
    this.#setNames(conversation, { ...names, [kind]: name });
  }

  #forget(conversation: ConversationId, name: string): void {
    const { phone, userId } = this.namesOf(conversation);
    if (phone !== name && userId !== name) return;
    this.#setNames(conversation, {
      ...(phone !== undefined && phone !== name && { phone }),
      ...(userId !== undefined && userId !== name && { userId }),
    });
  }

  #setNames(conversation: ConversationId, { phone, userId }: Names): void {
    this.people.set(conversation, {
      ...(phone !== undefined && { phone }),
      ...(userId !== undefined && { userId }),
    });
  }
}
