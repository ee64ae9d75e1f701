/**
 * How tokens and secrets of businesses are encrypted in the database: AES-256-GCM with a random IV of 12 bytes and a tag of
 * 16 (NIST SP 800-38D). The id of the business's document is the associated data, so an envelope that is copied to another
 * business does not open. The form is `v1.<key id>.<iv>.<tag>.<ciphertext>`, each part in base64url without padding.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** `malformed`: no envelope, for example a token in the clear. `corrupt`: changed, or sealed for another business. */
export type EnvelopeProblem = 'malformed' | 'unknown-key' | 'corrupt';

/** Its message is the end of a sentence about the envelope, and contains no part of a value that is no envelope. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
  readonly reason: EnvelopeProblem;

  constructor(reason: EnvelopeProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

export interface TokenKeys {
  /** The id of the key that encrypts. */
  readonly sealingKeyId: string;
  /** Returns an envelope, with the first key. Throws `RangeError` for an empty token. */
  seal(business: string, token: string): string;
  /** Returns the token. Throws `EnvelopeError`. */
  open(business: string, envelope: string): string;
  /** As the function of this name. */
  keyIdOf(envelope: string): string | undefined;
}

export interface TokenKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
/** Of AES-256. */
export const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Without the separators of an envelope and of `ENCRYPTION_SECRET`. */
const KEY_ID = /^[\w-]{1,64}$/;
const ENVELOPE = /^v1\.(?<keyId>[\w-]{1,64})\.(?<iv>[\w-]{16})\.(?<tag>[\w-]{22})\.(?<ciphertext>[\w-]{2,})$/;

/** The first key encrypts, all of them decrypt. Throws `RangeError` for keys that could not open what they sealed. */
export function createTokenKeys(keys: readonly TokenKey[]): TokenKeys {
  const [first] = keys;
  const byId = new Map(keys.map(({ id, key }) => [id, key]));
  if (first === undefined || byId.size < keys.length) throw new RangeError('no key, or two of the same id');
  if (!keys.every(({ id, key }) => KEY_ID.test(id) && key.length === KEY_BYTES)) {
    throw new RangeError(`a key needs an id of letters, digits, _ or -, and ${KEY_BYTES} bytes`);
  }

  return {
    sealingKeyId: first.id,
    seal(business, token) {
      if (token === '') throw new RangeError('an empty token cannot be encrypted');
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, first.key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(business));
      const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
      const parts = [iv, cipher.getAuthTag(), ciphertext].map((bytes) => bytes.toString('base64url'));
      return [VERSION, first.id, ...parts].join('.');
    },
    open(business, envelope) {
      const { keyId, iv, tag, ciphertext } = partsOf(envelope);
      const key = byId.get(keyId);
      if (key === undefined) {
        throw new EnvelopeError('unknown-key', `is encrypted with the key ${keyId}, which is not configured`);
      }
      const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(business)).setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
      } catch (cause) {
        const message = 'was changed, was encrypted for another business, or with another key of the same id';
        throw new EnvelopeError('corrupt', message, { cause });
      }
    },
    keyIdOf,
  };
}

/** Returns the id of the key that sealed the envelope; undefined for a value that is no envelope. Needs no key. */
export function keyIdOf(envelope: string): string | undefined {
  return ENVELOPE.exec(envelope)?.groups?.keyId;
}

function partsOf(envelope: string) {
  const { keyId, iv, tag, ciphertext } = ENVELOPE.exec(envelope)?.groups ?? {};
  if (keyId === undefined || iv === undefined || tag === undefined || ciphertext === undefined) {
    throw new EnvelopeError('malformed', 'is not encrypted in the form of this service');
  }
  return { keyId, iv: bytesOf(iv), tag: bytesOf(tag), ciphertext: bytesOf(ciphertext) };
}

/** Several texts decode to the same bytes, since the last letter has unused bits; one of them is accepted. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) {
    throw new EnvelopeError('malformed', 'is not encrypted in the form of this service');
  }
  return bytes;
}
