import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  type KMSClient,
  NotFoundException,
} from '@aws-sdk/client-kms';
import { PROJECT } from '../../infra/names.ts';
import { Plain } from '../command.ts';
import type { Step } from './step.ts';

/** The alias of the key that encrypts the secrets of a stack's configuration and state. */
export function aliasOf(stack: string): string {
  return `alias/${PROJECT}-state-${stack}`;
}

/** One key for each stack, so that who deploys staging cannot read production. */
export function stateKey(kms: KMSClient, stack: string): Step {
  return {
    name: `key of ${stack}`,
    there: () => keyArn(kms, stack),
    make: async () => {
      const { KeyMetadata } = await kms.send(
        new CreateKeyCommand({
          Description: `Secrets in Pulumi's configuration and state of ${PROJECT}, stack ${stack}`,
          Tags: [{ TagKey: 'project', TagValue: PROJECT }],
        }),
      );
      const KeyId = KeyMetadata?.KeyId;
      if (KeyId === undefined) throw new Plain('KMS made a key and did not say which');
      await kms.send(new EnableKeyRotationCommand({ KeyId }));
      await kms.send(new CreateAliasCommand({ AliasName: aliasOf(stack), TargetKeyId: KeyId }));
      return KeyMetadata?.Arn ?? KeyId;
    },
  };
}

export async function keyArn(kms: KMSClient, stack: string): Promise<string | undefined> {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId: aliasOf(stack) }))).KeyMetadata?.Arn;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
