/** A data key of KMS, in an account that moto emulates. */
import { CreateKeyCommand, GenerateDataKeyWithoutPlaintextCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTokenKeys } from '#app/businesses/encryption-keys.ts';
import { canRun } from './needs.ts';
import { missingForAccount, OwnAccount } from './own-account.ts';

const CONTEXT = { service: 'ansari-whatsapp', purpose: 'businesses' };
const there = canRun('kms', missingForAccount());
let account: OwnAccount | undefined;
beforeAll(async () => {
  if (!there) return;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  account = await OwnAccount.start();
});
afterAll(() => {
  account?.end();
  vi.unstubAllEnvs();
});

const place = () => ({ region: 'us-west-2', endpoint: account?.url ?? '' });

/** A data key as an operator generates it. */
async function dataKey(
  EncryptionContext: Record<string, string>,
  KeySpec: 'AES_256' | 'AES_128' = 'AES_256',
) {
  const kms = new KMSClient(place());
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata?.KeyId;
  const made = await kms.send(
    new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec, EncryptionContext }),
  );
  return { id: 'k1', wrapped: Buffer.from(made.CiphertextBlob ?? []) };
}

const open = (key: { id: string; wrapped: Buffer }) =>
  openTokenKeys([key], { region: 'us-west-2', endpointUrl: place().endpoint });

describe.runIf(there)('a data key of KMS', () => {
  it('encrypts in one process and decrypts in another', async () => {
    const key = await dataKey(CONTEXT);
    const envelope = (await open(key)).seal('cafe', 'a token');
    expect(envelope).toMatch(/^v1\.k1\./);
    expect((await open(key)).open('cafe', envelope)).toBe('a token');
  });

  it('does not open when it was made for another purpose or has another length', async () => {
    const other = await dataKey({ service: 'ansari-whatsapp', purpose: 'backups' });
    await expect(open(other)).rejects.toThrow(
      'key k1, which KMS decrypts: it was not encrypted for this service',
    );
    const short = await dataKey(CONTEXT, 'AES_128');
    await expect(open(short)).rejects.toThrow('it has 16 bytes');
  });
});
