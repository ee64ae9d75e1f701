import { Unavailable } from '../../domain/errors.ts';
import type { Business } from '../../ports/businesses.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Covers, Verification } from '../../ports/webhook-channel.ts';
import { TokenBucket } from '../../resilience/token-bucket.ts';
import { sameSecret } from '../../same-secret.ts';
import { numberIdsIn } from './number-ids.ts';
import { readSignature, signerOf } from './signature.ts';

/**
 * Deliveries of businesses that have an app of their own at Meta. Which secret to try follows from the numbers in the body,
 * which nobody has signed yet; docs/decisions/0023 says what that may cost and reveal.
 */

export interface AppSecretsOptions {
  /** Resolves to the business with the number. Throws `Unavailable` when the look-up failed. */
  readonly find: (number: string) => Promise<Business | undefined>;
  readonly clock: Clock;
}

/** Numbers that are looked up for one body. */
const MAX_NUMBERS = 16;
/** Secrets that one body is tried with: one app signs a delivery, and has two secrets while one is rotated. */
const MAX_SECRETS = 8;

/**
 * What bodies without a known signer may cost: a token for each look-up, and one for each 32 KiB that is held and hashed. A
 * signed delivery gets its tokens back.
 */
const BUDGET = { size: 200, perSecond: 100 };
const BYTES_PER_TOKEN = 32 * 1024;

/**
 * A body that no secret signs is refused this long after its look-up began, so that the time does not tell whether a number
 * was found, in a cache, in the database or nowhere.
 */
const REFUSED_AFTER_MS = 250;

/** Numbers whose deliveries were signed by a secret of their own: they need no tokens. */
const MAX_PROVEN = 10_000;

const MISMATCH: Verification = { ok: false, reason: 'mismatch' };

type Verify = (body: Buffer, header: string | string[] | undefined) => Verification | Promise<Verification>;

/**
 * Returns a function that verifies `X-Hub-Signature-256` with the secrets of the businesses whose numbers are in the body. It
 * throws `Unavailable` when none of them signed it and one could not be looked up or decrypted, and when too many bodies
 * come whose signer is unknown: the platform then delivers again.
 */
export function createAppSecrets({ find, clock }: AppSecretsOptions): Verify {
  const budget = new TokenBucket(BUDGET);
  const proven = new Set<string>();

  return (body, header) => {
    const read = readSignature(header);
    if (!read.ok) return read;
    const numbers = numberIdsIn(body, MAX_NUMBERS);
    return numbers.length === 0 ? MISMATCH : verify(body, read.signature, numbers);
  };

  async function verify(body: Buffer, signature: Buffer, numbers: readonly string[]): Promise<Verification> {
    const startedAt = clock.now();
    const known = await secretsOf(numbers.filter((number) => proven.has(number)));
    // As long as for a number with a secret: with the budget used up, the time would tell which numbers are proven.
    if (known.secrets.length === 0) signerOf(body, signature, [NO_SECRET]);
    const early = signerOf(body, signature, known.secrets);
    if (early !== undefined) return accepted(early, known);

    const tokens = numbers.length + Math.floor(body.length / BYTES_PER_TOKEN);
    const waitMs = budget.take(tokens, startedAt);
    if (waitMs > 0) throw tooMany(waitMs);
    const all = await secretsOf(numbers);
    const signer = signerOf(body, signature, all.secrets);
    if (signer !== undefined) {
      budget.giveBack(tokens);
      return accepted(signer, all);
    }
    await clock.sleep(startedAt + REFUSED_AFTER_MS - clock.now());
    if (all.failure !== undefined) throw all.failure;
    return MISMATCH;
  }

  function accepted({ secret, escaped }: Signer, { byNumber }: Secrets): Verification {
    for (const [number, secrets] of byNumber) {
      proven.delete(number);
      if (secrets.includes(secret)) proven.add(number);
    }
    // The order of a set is that of its additions.
    for (const number of proven) {
      if (proven.size <= MAX_PROVEN) break;
      proven.delete(number);
    }
    return { ok: true, escaped, covers: coveredByOwn(secret) };
  }

  /** Never rejects: the secrets of one business that cannot be read do not affect the others. */
  async function secretsOf(numbers: readonly string[]): Promise<Secrets> {
    const byNumber = new Map<string, readonly string[]>();
    const found = await Promise.allSettled(
      numbers.map(async (number) => byNumber.set(number, ownSecrets(await find(number)))),
    );
    const failed = found.find((one) => one.status === 'rejected');
    const secrets = [...new Set([...byNumber.values()].flat())].slice(0, MAX_SECRETS);
    return { byNumber, secrets, ...(failed !== undefined && { failure: failed.reason }) };
  }
}

type Signer = NonNullable<ReturnType<typeof signerOf>>;

interface Secrets {
  readonly byNumber: ReadonlyMap<string, readonly string[]>;
  /** The distinct ones of all numbers. */
  readonly secrets: readonly string[];
  readonly failure?: unknown;
}

/** For its time only: what it signs is not accepted. */
const NO_SECRET = 'no secret';

/** An empty secret is no secret: anyone can sign with it. */
function ownSecrets(business: Business | undefined): readonly string[] {
  return business?.appSecrets().filter((secret) => secret !== '') ?? [];
}

/** Returns what a delivery covers that the deployment's app signed: businesses without an app of their own. */
export function coveredByDeployment(appSecrets: readonly string[]): Covers {
  return (business) => {
    const own = ownSecrets(business);
    return own.length === 0 || own.some((secret) => appSecrets.some((one) => sameSecret(one, secret)));
  };
}

function coveredByOwn(signer: string): Covers {
  return (business) => ownSecrets(business).some((secret) => sameSecret(secret, signer));
}

function tooMany(retryAfterMs: number): Unavailable {
  return new Unavailable('too many deliveries are signed by no known app', {
    scope: 'app',
    code: 'unknown-signers',
    retryAfterMs,
  });
}
