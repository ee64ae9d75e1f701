import type * as pulumi from '@pulumi/pulumi';
import type { Grant } from './grant.ts';
import { PROJECT } from './names.ts';

/**
 * The encryption context of data keys, which `aws kms generate-data-key-without-plaintext` was called with
 * (docs/many-businesses.md) and KMS demands again. With it this grant cannot decrypt secrets of Parameter Store, which
 * have another context under the same key.
 */
const CONTEXT = { service: PROJECT, purpose: 'businesses' };

/** For programs that open the access tokens of many businesses: the data keys of `ENCRYPTION_SECRET` that KMS has encrypted. */
export function decryptDataKeysGrant(keyArn: pulumi.Input<string>): Grant {
  const context = Object.entries(CONTEXT).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]);
  return {
    variables: {},
    statements: [
      {
        Sid: 'DecryptDataKeys',
        Action: ['kms:Decrypt'],
        Resource: keyArn,
        Condition: { StringEquals: Object.fromEntries(context) },
      },
    ],
  };
}
