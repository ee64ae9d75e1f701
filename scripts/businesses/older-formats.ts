/** How other programs encrypted access tokens before this service had its own form. Read by `import` only. */
import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';

/** Returns the token; undefined when the value is not of this format, or of another key. */
export type Opener = (value: string) => string | undefined;

/** The bytes of `hex(IV) ‖ hex(tag) ‖ hex(ciphertext)`, also where the whole is in base64. */
const NODE = { ivBytes: 16, tagBytes: 16, associatedData: 'facebook-token' };
const PBKDF2 = { rounds: 100_000, keyBytes: 32, digest: 'sha512' };
/** Before the salt was a variable it was this word. */
const FIRST_SALT = 'salt';

/**
 * AES-256-GCM of the Node program. `secret` is its `ENCRYPTION_KEY`: 64 hexadecimal digits, or a passphrase that PBKDF2
 * stretches with `ENCRYPTION_KEY_SALT`, in older values with the word `salt`.
 */
export function nodeOpener(secret: string, salt: string | undefined): Opener {
  const keys = nodeKeys(secret, salt);
  return (value) => {
    const bytes = bytesOf(value);
    if (bytes === undefined || bytes.length <= NODE.ivBytes + NODE.tagBytes) return undefined;
    return keys.map((key) => openGcm(key, bytes)).find((token) => token !== undefined);
  };
}

function nodeKeys(secret: string, salt: string | undefined): Buffer[] {
  if (/^[0-9a-f]{64}$/i.test(secret)) return [Buffer.from(secret, 'hex')];
  const { rounds, keyBytes, digest } = PBKDF2;
  const salts = new Set([FIRST_SALT, ...(salt === undefined ? [] : [salt])]);
  return [...salts].map((one) => pbkdf2Sync(secret, one, rounds, keyBytes, digest));
}

function openGcm(key: Buffer, bytes: Buffer): string | undefined {
  const { ivBytes, tagBytes, associatedData } = NODE;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(associatedData)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  try {
    return textOf(decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final());
  } catch {
    return undefined;
  }
}

/** Fernet (github.com/fernet/spec): version, time of 8 bytes, IV of 16, ciphertext, HMAC-SHA256 of 32. */
const FERNET = { version: 0x80, headBytes: 9, ivBytes: 16, macBytes: 32 };

/** Fernet of the Python program. `secret` is its `ENCRYPTION_SECRET`, whose SHA-256 is both keys. Values are hex of the token. */
export function fernetOpener(secret: string): Opener {
  const key = createHash('sha256').update(secret).digest();
  return (value) => {
    const token = bytesOf(value)?.toString('latin1') ?? '';
    const bytes = /^[\w-]+=*$/.test(token) ? Buffer.from(token, 'base64url') : Buffer.alloc(0);
    return bytes[0] === FERNET.version ? openFernet(key, bytes) : undefined;
  };
}

function openFernet(key: Buffer, bytes: Buffer): string | undefined {
  const { headBytes, ivBytes, macBytes } = FERNET;
  if (bytes.length <= headBytes + ivBytes + macBytes) return undefined;
  const signed = bytes.subarray(0, -macBytes);
  const mac = createHmac('sha256', key.subarray(0, 16)).update(signed).digest();
  if (!timingSafeEqual(mac, bytes.subarray(-macBytes))) return undefined;
  const iv = signed.subarray(headBytes, headBytes + ivBytes);
  const decipher = createDecipheriv('aes-128-cbc', key.subarray(16), iv);
  try {
    return textOf(decipher.update(signed.subarray(headBytes + ivBytes)), decipher.final());
  } catch {
    return undefined;
  }
}

/** An access token of Meta in the clear: nothing else that begins so and has only letters and digits is stored there. */
export const plaintextOpener: Opener = (value) => (/^EAA[A-Za-z0-9]{20,}$/.test(value) ? value : undefined);

function bytesOf(value: string): Buffer | undefined {
  if (/^([0-9a-f]{2})+$/i.test(value)) return Buffer.from(value, 'hex');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(value) ? Buffer.from(value, 'base64') : undefined;
}

function textOf(...pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('utf8');
}
