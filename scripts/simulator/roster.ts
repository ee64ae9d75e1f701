import { BadRequest } from './bad-request.ts';
import { freeUserId, makePerson, type NewPerson, named, type Person } from './people.ts';

/** What changes of a person: the phone number and with it the user id, or the user id alone. */
export interface NewIdentity {
  readonly phone?: string;
  /** Absent: one is made up. */
  readonly userId?: string;
}

/** Everybody with a chat, by phone number and by user id. A number or id leads to one person at a time, or to nobody. */
export class Roster<Held extends { person: Person }> {
  readonly #held = new Map<string, Held>();
  readonly #byUserId = new Map<string, Held>();
  /** Those that were left as well. */
  readonly #userIds = new Set<string>();

  find(identity: string): Held | undefined {
    return this.#held.get(identity) ?? this.#byUserId.get(identity);
  }

  all(): readonly Held[] {
    return [...this.#held.values()];
  }

  /** Returns the one who is there already, or enters what `hold` makes of the new person. */
  add(asked: NewPerson, hold: (person: Person) => Held): Held {
    const known = this.find(asked.phone ?? asked.userId ?? '');
    if (known) return known;
    if (asked.userId !== undefined) this.#checkFree(asked.userId);
    const held = hold(
      makePerson(asked, `Person ${this.#held.size + 1}`, (userId) => this.#userIds.has(userId)),
    );
    this.#enter(held);
    return held;
  }

  addNamed(identity: string, hold: (person: Person) => Held): Held {
    return this.add(named(identity), hold);
  }

  /** Returns the person as it was. Throws `BadRequest` when somebody else has the number or the user id. */
  change(held: Held, { phone, userId }: NewIdentity): Person {
    const before = held.person;
    if (phone !== undefined) this.#checkFree(phone);
    if (userId !== undefined) this.#checkFree(userId);
    const seed = phone ?? before.phone ?? before.name;
    const next = userId ?? freeUserId(seed, (taken) => this.#userIds.has(taken));
    this.#held.delete(before.id);
    this.#byUserId.delete(before.userId);
    const number = phone ?? before.phone;
    held.person = { ...before, userId: next, id: number ?? next, ...(number ? { phone: number } : {}) };
    this.#enter(held);
    return before;
  }

  #checkFree(identity: string): void {
    if (this.find(identity)) throw new BadRequest(`somebody has ${identity} already`);
  }

  #enter(held: Held): void {
    this.#held.set(held.person.id, held);
    this.#byUserId.set(held.person.userId, held);
    this.#userIds.add(held.person.userId);
  }
}
