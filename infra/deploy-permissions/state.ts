import * as pulumi from '@pulumi/pulumi';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, PROJECT } from '../names.ts';
import { grantOf } from './statements.ts';

export interface PulumiState {
  /** The bucket of the state. */
  readonly bucket?: string | undefined;
  /** The key that encrypts the secrets of the stack `shared`, to which the others refer. */
  readonly sharedKeyArn?: string | undefined;
  /** The key that encrypts the secrets of the environment's own stack. */
  readonly ownKeyArn?: string | undefined;
}

/**
 * Permissions for Pulumi's state. `write`: to change the environment's own state with its secrets, and to read the shared
 * stack's. `read`: to read the environment's own state without a lock, and without the keys that decrypt its secrets.
 */
export function statePermissions(
  environment: EnvironmentName,
  state: PulumiState,
  access: 'read' | 'write',
): Grant {
  const { bucket, sharedKeyArn, ownKeyArn } = state;
  const keys = access === 'read' ? [] : [sharedKeyArn, ownKeyArn].filter((arn) => arn !== undefined);
  return grantOf(
    ...(bucket === undefined ? [] : bucketStatements(bucket, environment, access)),
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

function bucketStatements(bucket: string, environment: EnvironmentName, access: 'read' | 'write') {
  const objectArn = (path: string) => pulumi.interpolate`arn:aws:s3:::${bucket}/.pulumi/${path}`;
  const own = [
    // The state, the previous state, and the tags of the stack.
    objectArn(`stacks/${PROJECT}/${environment}.*`),
    ...['history', 'backups', 'locks/organization'].map((kind) =>
      objectArn(`${kind}/${PROJECT}/${environment}/*`),
    ),
  ];
  return [
    { Sid: 'ListState', Action: ['s3:ListBucket'], Resource: pulumi.interpolate`arn:aws:s3:::${bucket}` },
    {
      Sid: 'ReadState',
      Action: ['s3:GetObject'],
      Resource: [
        ...own,
        objectArn('meta.yaml'),
        ...(access === 'read' ? [] : [objectArn(`stacks/${PROJECT}/shared.json`)]),
      ],
    },
    ...(access === 'read'
      ? []
      : [{ Sid: 'WriteState', Action: ['s3:DeleteObject', 's3:PutObject'], Resource: own }]),
  ];
}
