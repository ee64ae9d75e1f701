import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { iamArnOf, type Place } from './arn.ts';
import { policy, type ResourceStatement } from './grant.ts';

export interface KeyArgs {
  readonly place: Place;
  readonly description: string;
  /** Without `alias/`. */
  readonly alias: string;
  /** Statements of the key policy, in addition to the one that lets IAM policies of the account allow access. */
  readonly statements?: readonly ResourceStatement[];
}

/** A key that rotates every year. Pulumi never deletes it, since nothing could decrypt its data any more. */
export class Key extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: KeyArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:Key', name, {}, options);
    const key = this.#key(name, args);
    this.#alias(name, args, key);
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }

  #key(name: string, args: KeyArgs): aws.kms.Key {
    return new aws.kms.Key(
      name,
      {
        description: args.description,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: policy([accountDecides(args.place), ...(args.statements ?? [])]),
      },
      { parent: this, protect: true, retainOnDelete: true },
    );
  }

  #alias(name: string, args: KeyArgs, key: aws.kms.Key): aws.kms.Alias {
    return new aws.kms.Alias(name, { name: `alias/${args.alias}`, targetKeyId: key.keyId }, { parent: this });
  }
}

/**
 * Lets IAM policies of the account allow access to the key; without this statement a key can become unmanageable. It has the
 * only `kms:*` of the program and is the default of AWS (KMS developer guide, "Default key policy").
 */
function accountDecides(place: Place): ResourceStatement {
  return {
    Sid: 'LeaveToTheAccount',
    Principal: { AWS: iamArnOf(place, 'root') },
    Action: ['kms:*'],
    Resource: '*',
  };
}
