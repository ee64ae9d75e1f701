import type * as pulumi from '@pulumi/pulumi';
import type { Place } from './arn.ts';
import { Key } from './key.ts';
import { PROJECT } from './names.ts';

/**
 * The key of all alarm topics of the account. SNS's own key does not let CloudWatch in (SNS developer guide, "Key
 * management"). One key is enough for all environments: no role of an environment may use it, CloudWatch alone does, and
 * which alarms reach which topic is decided by the policy of each topic.
 *
 * `aws:SourceAccount` keeps alarms of other accounts from using the key through CloudWatch (the confused deputy). CloudWatch
 * sends it for alarm actions: AWS's own Modern Data Architecture Accelerator sets it on such keys
 * (`grantCloudWatchAlarmsTopicAccess`, which also notes that EventBridge, unlike CloudWatch, does not). If AWS sent none,
 * every notification would fail and only the alarm's history would say so; the runbook's "Try an alarm once" shows it.
 */
export function alarmKey(place: Place, options: pulumi.ComponentResourceOptions): Key {
  return new Key(
    'alarms-key',
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
    options,
  );
}
