/** A number belongs to one business at a time. The database does not enforce it: other programs write there too. */
import { PROJECTION, parseBusiness, type StoredBusiness } from '../../app/businesses/document.ts';
import { systemClock } from '../../app/clock.ts';
import type { Clock } from '../../app/ports/clock.ts';
import { CommandError } from '../errors.ts';
import type { BusinessCollection } from './collection.ts';

export type Claim = Pick<StoredBusiness, 'id' | 'numbers' | 'continuesNumber'>;

export interface Taking {
  readonly claim: Claim;
  /** Resolves to the other active businesses that the claim contradicts. */
  rivals(): Promise<readonly Claim[]>;
  /** Makes the business one of those that are answered. */
  take(): Promise<unknown>;
  undo(): Promise<unknown>;
}

/** How long another run of the command may need to withdraw. */
const WITHDRAWAL_MS = 3_000;
const POLL_MS = 100;

/**
 * Takes the numbers unless an active business has one of them, and looks again afterwards, since another run may have taken
 * the same number in between: of two such runs at least the one that looks last sees the other, so never both keep it. The
 * one with the lower id waits for the other one to withdraw. Throws `CommandError` with the owner's id when nothing was taken.
 */
export async function takeNumbers(
  { claim, rivals, take, undo }: Taking,
  clock: Clock = systemClock,
): Promise<void> {
  const [owner] = await rivals();
  if (owner !== undefined) throw refusal(claim, owner);
  await take();
  try {
    const rival = await lastingRival(claim, rivals, clock);
    if (rival !== undefined) throw refusal(claim, rival);
  } catch (error) {
    await undo();
    throw error;
  }
}

async function lastingRival(
  { id }: Claim,
  rivals: Taking['rivals'],
  clock: Clock,
): Promise<Claim | undefined> {
  const until = clock.now() + WITHDRAWAL_MS;
  for (;;) {
    const others = await rivals();
    const mustWithdraw = others.some((other) => other.id < id) || clock.now() > until;
    if (others.length === 0 || mustWithdraw) return others[0];
    await clock.sleep(POLL_MS);
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
