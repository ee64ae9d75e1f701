/** What an erasure did, as a record that an operator can file: no text, no whole identity. */
import type { Erased, Search } from '../../app/ports/store.ts';

export interface ErasureRecord extends Search {
  /** ISO 8601. */
  readonly erasedAt: string;
  readonly store: string;
  /** Masked. */
  readonly person: string;
  readonly deleted: Record<Exclude<keyof Erased, 'identitiesOfOthers'>, number>;
  readonly stays: {
    /** Keyed hashes of message ids, without a person. */
    readonly messageIds: number;
    readonly atMostDays: number;
    /** Masked. */
    readonly identitiesOfOthers: readonly string[];
  };
  /** False: another program prevented that remains of deleted data were removed from the file. */
  readonly purged: boolean;
}

/** Returns whether nothing of the person is left. */
export function isComplete({ purged, found }: Pick<ErasureRecord, 'purged' | 'found'>): boolean {
  return purged && found.length === 0;
}

type Begun = Omit<ErasureRecord, 'purged' | keyof Search>;

/** Returns what was deleted, as one line. */
export function deletedLine({ erasedAt, store, person, deleted }: Begun): string {
  if (deleted.conversations === 0) return `Nothing is stored of this person in ${store}.`;
  const { conversations, messages, parts, deadLetters, corrections, identities } = deleted;
  const counts = [
    ...[`${conversations} conversation(s)`, `${messages} message(s)`, `${parts} part(s) of replies`],
    ...[`${deadLetters} dead letter(s)`, `${corrections} edit(s) ahead of their message`],
    `${identities} phone number(s) and user id(s)`,
  ];
  return `Erased in ${store} at ${erasedAt}, of the person ${person}: ${counts.join(', ')}.`;
}

/** Returns what stays and what the search found, as lines. */
export function linesOf({ store, stays, purged, searched, found }: ErasureRecord): string[] {
  const { messageIds, atMostDays, identitiesOfOthers } = stays;
  const read = searched.map(({ place, size, unit }) => `${place} (${size} ${unit})`).join(', ');
  return [
    ...(messageIds === 0
      ? []
      : [
          `Stays for at most ${atMostDays} days: ${messageIds} message id(s), as keyed hashes that belong to no person.`,
        ]),
    ...(identitiesOfOthers.length === 0
      ? []
      : [`Stays, since another person has it or had it before: ${identitiesOfOthers.join(', ')}.`]),
    ...(purged ? [] : [blockedLine(store)]),
    found.length === 0
      ? `Searched ${read}: nothing of the person is left.`
      : `Searched ${read}: the person's identities are still in ${found
          .map(({ place, count }) => `${place} (${count})`)
          .join(
            ', ',
          )}. The person may have written again, or another person wrote the number in a message: run this again.`,
  ];
}

function blockedLine(store: string): string {
  return (
    `Deleted data is still readable in unused pages of ${store} or in its log (${store}-wal): another program ` +
    'blocked the rewriting of the file. Close the program (`fuser` names it) or free disk space, and run this again.'
  );
}
