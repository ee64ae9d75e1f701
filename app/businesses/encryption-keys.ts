import { type AwsPlace, clientSettings } from '../aws/client.ts';
import { awsUnavailable } from '../aws/errors.ts';
import { Unavailable } from '../domain/errors.ts';
import { createTokenKeys, KEY_BYTES, type TokenKey, type TokenKeys } from './token-envelope.ts';

/** A key as configured: its 32 bytes, or the ciphertext of a data key of KMS. */
export type ConfiguredKey = TokenKey | { readonly id: string; readonly wrapped: Buffer };

/** KMS decrypts a data key for this purpose only. It stands in the key's policy and in CloudTrail. */
const ENCRYPTION_CONTEXT = { service: 'ansari-whatsapp', purpose: 'businesses' };

/**
 * Resolves to the keys of the environment; those of KMS are decrypted once, with one call for each. Throws `Unavailable`
 * with what an operator can do. Makes no call when no key is of KMS.
 */
export async function openTokenKeys(keys: readonly ConfiguredKey[], place: AwsPlace): Promise<TokenKeys> {
  return createTokenKeys(await Promise.all(keys.map((key) => ('key' in key ? key : unwrap(key, place)))));
}

async function unwrap(
  { id, wrapped }: Extract<ConfiguredKey, { wrapped: Buffer }>,
  place: AwsPlace,
): Promise<TokenKey> {
  const what = `ENCRYPTION_SECRET, key ${id}, which KMS decrypts`;
  // Loaded on demand: most deployments have no key of KMS.
  const { DecryptCommand, KMSClient } = await import('@aws-sdk/client-kms');
  const kms = new KMSClient(clientSettings(place));
  const command = new DecryptCommand({ CiphertextBlob: wrapped, EncryptionContext: ENCRYPTION_CONTEXT });
  const { Plaintext } = await kms
    .send(command)
    .catch((error: unknown) => {
      throw awsUnavailable(error, what);
    })
    .finally(() => kms.destroy());
  const bytes = Plaintext?.length ?? 0;
  if (Plaintext !== undefined && bytes === KEY_BYTES) return { id, key: Buffer.from(Plaintext) };
  throw new Unavailable(`${what}: it has ${bytes} bytes. Generate a data key with --key-spec AES_256`, {
    scope: 'app',
    code: 'key-length',
  });
}
