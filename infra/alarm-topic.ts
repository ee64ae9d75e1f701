import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { onlyOverTls, policy } from './grant.ts';
import { Key } from './key.ts';
import { PROJECT } from './names.ts';
import type { Place } from './place.ts';

export interface AlarmTopicArgs {
  readonly place: Place;
  /** Who gets every alarm. AWS asks the address for consent once. */
  readonly email?: string;
}

/** Where alarms go. Only CloudWatch of this account may publish; messages are encrypted with a key that it may use. */
export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AlarmTopicArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:AlarmTopic', name, {}, options);
    const key = this.#key(name, args);
    const topic = this.#topic(name, key);
    this.#publishers(name, args, topic);
    this.#subscriber(name, args, topic);
    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }

  /** SNS's own key does not let CloudWatch in (SNS developer guide, "Key management"). */
  #key(name: string, { place }: AlarmTopicArgs): Key {
    return new Key(
      `${name}-key`,
      {
        place,
        alias: `${PROJECT}-alarms`,
        description: 'Alarms of ansari-whatsapp on their way to operators',
        statements: [
          {
            Sid: 'LetAlarmsIn',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: '*',
            Condition: { StringEquals: { 'aws:SourceAccount': place.account } },
          },
        ],
      },
      { parent: this },
    );
  }

  #topic(name: string, key: Key): aws.sns.Topic {
    return new aws.sns.Topic(name, { name: `${PROJECT}-alarms`, kmsMasterKeyId: key.arn }, { parent: this });
  }

  #publishers(name: string, { place }: AlarmTopicArgs, topic: aws.sns.Topic): aws.sns.TopicPolicy {
    return new aws.sns.TopicPolicy(
      name,
      {
        arn: topic.arn,
        policy: policy([
          {
            Sid: 'LetAlarmsIn',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['sns:Publish'],
            Resource: topic.arn,
            Condition: { StringEquals: { 'aws:SourceAccount': place.account } },
          },
          onlyOverTls('sns:Publish', topic.arn),
        ]),
      },
      { parent: this },
    );
  }

  #subscriber(name: string, { email }: AlarmTopicArgs, topic: aws.sns.Topic): void {
    if (email === undefined) return;
    new aws.sns.TopicSubscription(
      name,
      { topic: topic.arn, protocol: 'email', endpoint: email },
      { parent: this },
    );
  }
}
