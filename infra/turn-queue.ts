import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place, protectData } from './arn.ts';
import { denyWithoutTls, type Grant, policy } from './grant.ts';
import { type EnvironmentName, serviceName } from './names.ts';

/** AWS recommends six times the function's time-out (Lambda developer guide, "Using Lambda with Amazon SQS"). */
const VISIBILITY_IN_TIMEOUTS = 6;
/** Receives after which a wake-up moves to the dead-letter queue. The worker's own back-off ends long before. */
const MAX_RECEIVES = 8;

const DAY_SECONDS = 86_400;

export interface TurnQueueArgs {
  readonly environment: EnvironmentName;
  readonly place: Place;
  /** How long the worker may take over one batch. */
  readonly workerTimeoutSeconds: number;
}

/**
 * The wake-ups: "conversation X has work". One that fails too often stays in the dead-letter queue for 14 days and
 * raises an alarm; nothing is lost with it, since the messages themselves are in the tables.
 */
export class TurnQueue extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;
  readonly deadLetters: aws.sqs.Queue;

  constructor(name: string, args: TurnQueueArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:TurnQueue', name, {}, options);
    this.deadLetters = this.#deadLetters(args);
    this.queue = this.#queue(args);
    this.registerOutputs({ url: this.queue.url, deadLettersUrl: this.deadLetters.url });
  }

  /** For the programs that announce work: the web service, and the worker when it defers a turn. */
  get waking(): Grant {
    return {
      variables: { QUEUE: 'sqs', WHATSAPP_QUEUE_URL: this.queue.url },
      statements: [
        {
          Sid: 'SendWakeUps',
          Action: ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
          Resource: this.queue.arn,
        },
      ],
    };
  }

  /** For the worker's event source. */
  get receiving(): Grant {
    return {
      variables: {},
      statements: [
        {
          Sid: 'ReceiveWakeUps',
          Action: [
            'sqs:ChangeMessageVisibility',
            'sqs:DeleteMessage',
            'sqs:GetQueueAttributes',
            'sqs:ReceiveMessage',
          ],
          Resource: this.queue.arn,
        },
      ],
    };
  }

  #deadLetters({ environment, place }: TurnQueueArgs): aws.sqs.Queue {
    const name = `${serviceName(environment)}-turns-dead`;
    return new aws.sqs.Queue(
      'turns-dead',
      {
        name,
        messageRetentionSeconds: 14 * DAY_SECONDS,
        sqsManagedSseEnabled: true,
        policy: policy([denyWithoutTls('sqs:SendMessage', arnOf(place, 'sqs', name))]),
      },
      { parent: this, ...protectData(environment) },
    );
  }

  #queue({ environment, place, workerTimeoutSeconds }: TurnQueueArgs): aws.sqs.Queue {
    const name = `${serviceName(environment)}-turns`;
    return new aws.sqs.Queue(
      'turns',
      {
        name,
        visibilityTimeoutSeconds: VISIBILITY_IN_TIMEOUTS * workerTimeoutSeconds,
        messageRetentionSeconds: 4 * DAY_SECONDS,
        receiveWaitTimeSeconds: 20,
        sqsManagedSseEnabled: true,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: this.deadLetters.arn,
          maxReceiveCount: MAX_RECEIVES,
        }),
        policy: policy([denyWithoutTls('sqs:SendMessage', arnOf(place, 'sqs', name))]),
      },
      { parent: this, ...protectData(environment) },
    );
  }
}
