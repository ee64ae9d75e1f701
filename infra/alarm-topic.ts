import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from './arn.ts';
import { denyWithoutTls, policy } from './grant.ts';
import { type EnvironmentName, serviceName } from './names.ts';

export interface AlarmTopicArgs {
  readonly environment: EnvironmentName;
  readonly place: Place;
  readonly keyArn: pulumi.Input<string>;
  /** Receives every alarm of the environment. AWS asks the address for consent once. */
  readonly email?: string;
}

/**
 * Where the alarms of one environment go. Only alarms of this environment can publish: a deploy role that points its own
 * alarm at another environment's topic sends nothing there.
 */
export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AlarmTopicArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:AlarmTopic', name, {}, options);
    const topic = this.#topic(name, args);
    this.#publishers(name, args, topic);
    this.#subscriber(name, args, topic);
    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }

  #topic(name: string, { environment, keyArn }: AlarmTopicArgs): aws.sns.Topic {
    return new aws.sns.Topic(
      name,
      { name: `${serviceName(environment)}-alarms`, kmsMasterKeyId: keyArn },
      { parent: this },
    );
  }

  /** `aws:SourceArn` is the alarm's ARN (AWS re:Post, "cloudwatch-receive-sns-for-alarm-trigger"). */
  #publishers(name: string, { environment, place }: AlarmTopicArgs, topic: aws.sns.Topic): void {
    const alarms = arnOf(place, 'cloudwatch', `alarm:${serviceName(environment)}-*`);
    new aws.sns.TopicPolicy(
      name,
      {
        arn: topic.arn,
        policy: policy([
          {
            Sid: 'LetAlarmsIn',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['sns:Publish'],
            Resource: topic.arn,
            Condition: {
              StringEquals: { 'aws:SourceAccount': place.account },
              ArnLike: { 'aws:SourceArn': alarms },
            },
          },
          denyWithoutTls('sns:Publish', topic.arn),
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
