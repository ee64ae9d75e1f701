import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place, protectData } from './arn.ts';
import { denyWithoutTls, type Grant, policy } from './grant.ts';
import { type EnvironmentName, serviceName } from './names.ts';

/** The longest that SQS keeps a message (SQS API reference, SetQueueAttributes). */
const RETENTION_SECONDS = 14 * 86_400;
/** How long a consumer has for one hand-off before another one receives it. */
const VISIBILITY_SECONDS = 60;
/** Receives after which a hand-off moves to the dead-letter queue. */
const MAX_RECEIVES = 8;

export interface HandOffQueueArgs {
  readonly environment: EnvironmentName;
  readonly place: Place;
  /** The key that encrypts the messages. */
  readonly keyArn: pulumi.Input<string>;
}

/**
 * The hand-offs: conversations in which a person has to answer, for a program of the operator's that receives them. Each has
 * the person's number and words, so they are encrypted with the environment's key: another account that a queue policy lets
 * in could still read none. A hand-off that its consumer fails to process is in the dead-letter queue, 14 days at most since it
 * was sent.
 */
export class HandOffQueue extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;
  readonly deadLetters: aws.sqs.Queue;
  readonly #args: HandOffQueueArgs;

  constructor(name: string, args: HandOffQueueArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:HandOffQueue', name, {}, options);
    this.#args = args;
    this.deadLetters = this.#queue('hand-offs-dead', {});
    this.queue = this.#queue('hand-offs', {
      visibilityTimeoutSeconds: VISIBILITY_SECONDS,
      receiveWaitTimeSeconds: 20,
      redrivePolicy: pulumi.jsonStringify({
        deadLetterTargetArn: this.deadLetters.arn,
        maxReceiveCount: MAX_RECEIVES,
      }),
    });
    this.registerOutputs({ url: this.queue.url, deadLettersUrl: this.deadLetters.url });
  }

  /** For the worker. It reads none of them. */
  get handingOff(): Grant {
    return {
      variables: { HANDOFF_QUEUE_URL: this.queue.url },
      statements: [
        { Sid: 'SendHandOffs', Action: ['sqs:SendMessage'], Resource: this.queue.arn },
        encryptThroughQueue('EncryptHandOffs', this.#args),
      ],
    };
  }

  #queue(suffix: string, args: aws.sqs.QueueArgs): aws.sqs.Queue {
    const { environment, place, keyArn } = this.#args;
    const name = `${serviceName(environment)}-${suffix}`;
    return new aws.sqs.Queue(
      suffix,
      {
        name,
        messageRetentionSeconds: RETENTION_SECONDS,
        kmsMasterKeyId: keyArn,
        policy: policy([denyWithoutTls('sqs:SendMessage', arnOf(place, 'sqs', name))]),
        ...args,
      },
      { parent: this, ...protectData(environment) },
    );
  }
}

/**
 * A sender to an encrypted queue needs both actions: SQS makes a data key and verifies it (SQS developer guide, "Key
 * management"). Only SQS may use the key for it, and it decrypts no message that the sender cannot receive.
 */
export function encryptThroughQueue(
  Sid: string,
  { place, keyArn }: Pick<HandOffQueueArgs, 'place' | 'keyArn'>,
) {
  return {
    Sid,
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: keyArn,
    Condition: { StringEquals: { 'kms:ViaService': `sqs.${place.region}.amazonaws.com` } },
  };
}
