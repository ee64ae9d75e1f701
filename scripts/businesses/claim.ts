/** A number belongs to one business at a time. The database does not enforce it: other programs write there too. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECTION, parseBusiness, type StoredBusiness } from '../../app/businesses/document.ts';
import { CommandError } from '../errors.ts';
import type { BusinessCollection } from './collection.ts';

type Claim = Pick<StoredBusiness, 'id' | 'numbers' | 'continuesNumber'>;

interface Taking {
  readonly claim: Claim;
  /** Makes the business one of those that are answered. */
  take(): Promise<unknown>;
  undo(): Promise<unknown>;
}

/** How long another run of the command may need to withdraw. */
const WITHDRAWAL_MS = 3_000;
const POLL_MS = 100;

/**
 * Takes the numbers unless an active business has one of them, and looks again afterwards, since another run may have taken
 * the same number in between: each of two such runs sees at least itself and possibly the other, so never both keep it. The
 * one with the lower id waits for the other one to withdraw. Throws `CommandError` with the owner's id when nothing was taken.
 */
export async function takeNumbers(
  collection: BusinessCollection,
  { claim, take, undo }: Taking,
): Promise<void> {
  const [owner] = await rivalsOf(collection, claim);
  if (owner !== undefined) throw refusal(claim, owner);
  await take();
  try {
    const rival = await lastingRival(collection, claim);
    if (rival !== undefined) throw refusal(claim, rival);
  } catch (error) {
    await undo();
    throw error;
  }
}

async function lastingRival(collection: BusinessCollection, claim: Claim): Promise<Claim | undefined> {
  const until = Date.now() + WITHDRAWAL_MS;
  for (;;) {
    const rivals = await rivalsOf(collection, claim);
    const [first] = rivals;
    if (first === undefined) return undefined;
    const mustWithdraw = rivals.some(({ id }) => id < claim.id);
    if (mustWithdraw || Date.now() > until) return first;
    await sleep(POLL_MS);
  }
}

/** Resolves to the other active businesses that have one of the numbers, or that continue a number of the environment too. */
export async function rivalsOf(
  collection: BusinessCollection,
  { id, numbers, continuesNumber }: Claim,
): Promise<readonly Claim[]> {
  const filter = {
    whatsappEnabled: true,
    isActive: true,
    $or: [
      { whatsappPhoneNumberIds: { $in: [...numbers] } },
      // All of them would be the same business, and one person the same conversation.
      ...(continuesNumber === undefined ? [] : [{ 'whatsappService.continuesNumber': { $gt: '' } }]),
    ],
  };
  const documents = await collection.find(filter, { projection: PROJECTION }).toArray();
  return documents
    .map(parseBusiness)
    .filter((other) => other !== undefined)
    .filter((other) => other.id !== id);
}

function refusal({ numbers }: Claim, { id, numbers: others, continuesNumber }: Claim): CommandError {
  const shared = numbers.filter((number) => others.includes(number));
  if (shared.length === 0) {
    return new CommandError(
      `The business ${id} already continues the number ${continuesNumber} of the environment, and only one can.`,
    );
  }
  return new CommandError(
    `The active business ${id} has the number ${shared.join(', ')} already. Disable it first: npm run businesses -- disable ${id}`,
  );
}
