import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  type KeyMetadata,
  type KMSClient,
  NotFoundException,
} from '@aws-sdk/client-kms';
import { CommandError } from '../../../scripts/command.ts';
import { PROJECT } from '../../names.ts';
import type { Step } from './step.ts';

/** The alias of the key that encrypts the secrets of a stack's configuration and state. */
export function aliasOf(stack: string): string {
  return `alias/${PROJECT}-state-${stack}`;
}

/** One key for each stack, so that the deploy role of staging cannot decrypt production. */
export function stateKey(kms: KMSClient, stack: string): Step {
  return {
    name: `key of ${stack}`,
    find: () => keyArn(kms, stack),
    create: async () => {
      const { KeyMetadata } = await kms.send(
        new CreateKeyCommand({
          Description: `Secrets in Pulumi's configuration and state of ${PROJECT}, stack ${stack}`,
          Tags: [{ TagKey: 'project', TagValue: PROJECT }],
        }),
      );
      const KeyId = KeyMetadata?.KeyId;
      if (KeyId === undefined) throw new CommandError('KMS created a key but returned no id');
      await kms.send(new EnableKeyRotationCommand({ KeyId }));
      await kms.send(new CreateAliasCommand({ AliasName: aliasOf(stack), TargetKeyId: KeyId }));
      return KeyMetadata?.Arn ?? KeyId;
    },
  };
}

/**
 * Resolves to the ARN of the key, undefined when there is none. Throws `CommandError` for a key that is pending deletion: it
 * still has its alias, and cannot encrypt.
 */
export async function keyArn(kms: KMSClient, stack: string): Promise<string | undefined> {
  const key = await describe(kms, aliasOf(stack));
  if (key?.KeyState !== 'PendingDeletion') return key?.Arn;
  const restore = ['cancel-key-deletion', 'enable-key'].map(
    (call) => `aws kms ${call} --key-id ${key.KeyId}`,
  );
  throw new CommandError(
    `The key ${aliasOf(stack)} is pending deletion. To restore it: ${restore.join(' && ')}`,
  );
}

async function describe(kms: KMSClient, KeyId: string): Promise<KeyMetadata | undefined> {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
