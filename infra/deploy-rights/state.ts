import * as pulumi from '@pulumi/pulumi';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, PROJECT } from '../names.ts';
import { allowing } from './statements.ts';

export interface StateOfPulumi {
  /** The bucket of the state. */
  readonly bucket?: string | undefined;
  /** The key that encrypts the secrets of the stack `shared`, to which the others refer. */
  readonly sharedKeyArn?: string | undefined;
  /** The key that encrypts the secrets of the environment's own stack. */
  readonly ownKeyArn?: string | undefined;
}

/**
 * `change`: the environment's own state with its secrets, and the shared stack's to look at. `look`: the environment's
 * own state as it is stored, without a lock and without the keys that open the secrets in it.
 */
export function stateRights(
  environment: EnvironmentName,
  state: StateOfPulumi,
  may: 'change' | 'look',
): Grant {
  const { bucket, sharedKeyArn, ownKeyArn } = state;
  const keys = may === 'look' ? [] : [sharedKeyArn, ownKeyArn].filter((arn) => arn !== undefined);
  return allowing(
    ...(bucket === undefined ? [] : inBucket(bucket, environment, may)),
    ...(keys.length === 0
      ? []
      : [
          {
            Sid: 'ReadSecretsOfState',
            Action: ['kms:Decrypt', 'kms:Encrypt'],
            Resource: keys,
          },
        ]),
  );
}

function inBucket(bucket: string, environment: EnvironmentName, may: 'change' | 'look') {
  const at = (path: string) => pulumi.interpolate`arn:aws:s3:::${bucket}/.pulumi/${path}`;
  const own = [
    // The state, the one before it, and the tags of the stack.
    at(`stacks/${PROJECT}/${environment}.*`),
    ...['history', 'backups', 'locks/organization'].map((kind) => at(`${kind}/${PROJECT}/${environment}/*`)),
  ];
  return [
    { Sid: 'ListState', Action: ['s3:ListBucket'], Resource: pulumi.interpolate`arn:aws:s3:::${bucket}` },
    {
      Sid: 'ReadState',
      Action: ['s3:GetObject'],
      Resource: [...own, at('meta.yaml'), ...(may === 'look' ? [] : [at(`stacks/${PROJECT}/shared.json`)])],
    },
    ...(may === 'look'
      ? []
      : [{ Sid: 'WriteState', Action: ['s3:DeleteObject', 's3:PutObject'], Resource: own }]),
  ];
}
