import { isRecord } from './is-record.ts';
import type { CheckedResource, Rule } from './rule.ts';

/** For each type of resource that stores data: the violation when it is not encrypted. */
const WRONG: Readonly<Record<string, (inputs: CheckedResource['inputs']) => string | undefined>> = {
  'aws:sqs/queue:Queue': ({ sqsManagedSseEnabled, kmsMasterKeyId }) =>
    sqsManagedSseEnabled === true || kmsMasterKeyId !== undefined ? undefined : 'stores messages unencrypted',
  // DynamoDB encrypts every table. "Enabled" without a key means the key that KMS manages for the account (aws.dynamodb.Table).
  'aws:dynamodb/table:Table': ({ serverSideEncryption: block }) =>
    isRecord(block) && block.enabled === true && block.kmsKeyArn === undefined
      ? 'is encrypted with the key aws/dynamodb, which no permissions boundary allows'
      : undefined,
  'aws:sns/topic:Topic': ({ kmsMasterKeyId }) =>
    kmsMasterKeyId === undefined ? 'stores messages unencrypted' : undefined,
  'aws:ssm/parameter:Parameter': ({ type, keyId, value }) => {
    if (type === 'String') return undefined;
    if (keyId === undefined) return 'has no key of its own';
    return value === undefined ? undefined : 'writes its secret into the state';
  },
  'aws:kms/key:Key': ({ enableKeyRotation }) => (enableKeyRotation === true ? undefined : 'is never rotated'),
};

export const encrypted: readonly Rule[] = [
  {
    name: 'stored-data-is-encrypted',
    description: 'Everything that stores messages, names or secrets is encrypted.',
    check: ({ type, inputs }) => [WRONG[type]?.(inputs)].filter((wrong) => wrong !== undefined),
  },
];
