import { BadRequest } from './bad-request.ts';
import { makePerson, type NewPerson, type Person, unknownPerson, unusedUserId } from './people.ts';

/** A change of the phone number, which also changes the user id, or of the user id alone. */
export interface NewIdentity {
  readonly phone?: string;
  /** Default: a generated one. */
  readonly userId?: string;
}

/** All people with a chat, by phone number and by user id. A number or id belongs to at most one person at a time. */
export class Roster<Entry extends { person: Person }> {
  readonly #byId = new Map<string, Entry>();
  readonly #byUserId = new Map<string, Entry>();
  /** Includes former user ids. */
  readonly #userIds = new Set<string>();

  find(identity: string): Entry | undefined {
    return this.#byId.get(identity) ?? this.#byUserId.get(identity);
  }

  all(): readonly Entry[] {
    return [...this.#byId.values()];
  }

  /** Present and former user ids. */
  usedUserIds(): readonly string[] {
    return [...this.#userIds];
  }

  /** These user ids are never generated. */
  reserve(userIds: readonly string[]): void {
    for (const userId of userIds) this.#userIds.add(userId);
  }

  /** Adds the entry of a former process. */
  restore(entry: Entry): void {
    this.#enter(entry);
  }

  /** Returns the existing entry, or adds the one that `createEntry` returns for the new person. */
  add(newPerson: NewPerson, createEntry: (person: Person) => Entry): Entry {
    const known = this.find(newPerson.phone ?? newPerson.userId ?? '');
    if (known) return known;
    if (newPerson.userId !== undefined) this.#checkFree(newPerson.userId);
    const entry = createEntry(
      makePerson(newPerson, `Person ${this.#byId.size + 1}`, (userId) => this.#userIds.has(userId)),
    );
    this.#enter(entry);
    return entry;
  }

  /** Adds a person who is known by a phone number or a user id only. */
  addNamed(identity: string, createEntry: (person: Person) => Entry): Entry {
    return this.add(unknownPerson(identity), createEntry);
  }

  /** Returns the person before the change. Throws `BadRequest` when the number or user id belongs to another person. */
  change(entry: Entry, { phone, userId }: NewIdentity): Person {
    const before = entry.person;
    if (phone !== undefined) this.#checkFree(phone);
    if (userId !== undefined) this.#checkFree(userId);
    const seed = phone ?? before.phone ?? before.name;
    const next = userId ?? unusedUserId(seed, (taken) => this.#userIds.has(taken));
    this.#byId.delete(before.id);
    this.#byUserId.delete(before.userId);
    const number = phone ?? before.phone;
    entry.person = { ...before, userId: next, id: number ?? next, ...(number ? { phone: number } : {}) };
    this.#enter(entry);
    return before;
  }

  #checkFree(identity: string): void {
    if (this.find(identity)) throw new BadRequest(`${identity} belongs to a person already`);
  }

  #enter(entry: Entry): void {
    this.#byId.set(entry.person.id, entry);
    this.#byUserId.set(entry.person.userId, entry);
    this.#userIds.add(entry.person.userId);
  }
}
