import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTokenKeys } from '#app/businesses/encryption-keys.ts';
import { createTokenKeys } from '#app/businesses/token-envelope.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { type FakeServer, fakeServer } from '../../fakes/http-server.ts';

const BUSINESS = 'cafe';
const KEY = { id: 'k1', key: randomBytes(32) };
const DATA_KEY = randomBytes(32);
const WRAPPED = { id: 'k2', wrapped: Buffer.from('a data key that KMS encrypted') };
const sealed = createTokenKeys([{ id: 'k2', key: DATA_KEY }]).seal(BUSINESS, 'a token');

let kms: FakeServer;
/** What KMS answers. */
let answer: { readonly status: number; readonly body: object };
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  answer = { status: 200, body: { Plaintext: DATA_KEY.toString('base64'), KeyId: 'arn' } };
  kms = await fakeServer((response) => {
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer.body));
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await kms.close();
});

const open = (...keys: Parameters<typeof openTokenKeys>[0]) =>
  openTokenKeys(keys, { region: 'us-west-2', endpointUrl: kms.url });

describe('keys of the environment', () => {
  it('need no call', async () => {
    const keys = await open(KEY);
    expect(keys.open(BUSINESS, keys.seal(BUSINESS, 'a token'))).toBe('a token');
    expect(kms.seen).toEqual([]);
  });

  it('that KMS encrypted are decrypted once, for one purpose', async () => {
    const keys = await open(WRAPPED, KEY);
    expect(keys.sealingKeyId).toBe('k2');
    expect([keys.open(BUSINESS, sealed), keys.open(BUSINESS, sealed)]).toEqual(['a token', 'a token']);
    expect(kms.seen).toHaveLength(1);
    expect(kms.seen[0]?.headers['x-amz-target']).toBe('TrentService.Decrypt');
    expect(JSON.parse(kms.seen[0]?.body ?? '')).toEqual({
      CiphertextBlob: WRAPPED.wrapped.toString('base64'),
      EncryptionContext: { service: 'ansari-whatsapp', purpose: 'businesses' },
    });
  });
});

describe('a data key that KMS does not decrypt', () => {
  it.each([
    ['AccessDeniedException', 'no permission'],
    ['InvalidCiphertextException', 'not encrypted for this service'],
    ['DisabledException', 'disabled'],
    ['NotFoundException', 'not found'],
  ])('is a sentence for the operator: %s', async (name, words) => {
    answer = { status: 400, body: { __type: name, message: 'arn:aws:kms:us-west-2:1:key/secret-name' } };
    const error = await open(KEY, WRAPPED).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({ scope: 'app', code: name, message: expect.stringContaining(words) });
    expect(String(error)).toContain('ENCRYPTION_SECRET, key k2');
    expect(String(error)).not.toContain('secret-name');
  });

  it('has another length', async () => {
    answer = { status: 200, body: { Plaintext: randomBytes(16).toString('base64') } };
    await expect(open(WRAPPED)).rejects.toThrow(
      'it has 16 bytes. Generate a data key with --key-spec AES_256',
    );
  });
});
