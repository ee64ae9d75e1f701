import type * as pulumi from '@pulumi/pulumi';
import type { Place } from './arn.ts';
import { Key } from './key.ts';
import { PROJECT } from './names.ts';

/**
 * The key of all alarm topics of the account. The AWS managed key of SNS does not allow CloudWatch (SNS developer guide,
 * "Key management"). One key is enough for all environments: only CloudWatch may use it, no role of an environment, and the
 * policy of each topic decides which alarms can publish to it.
 *
 * `aws:SourceAccount` keeps alarms of other accounts from using the key through CloudWatch (the confused deputy). CloudWatch
 * sends it for alarm actions: AWS's own Modern Data Architecture Accelerator sets it on such keys
 * (`grantCloudWatchAlarmsTopicAccess`, which also notes that EventBridge, unlike CloudWatch, does not). If AWS sent none,
 * every notification would fail, and only the alarm's history would show it; see the runbook's "Try an alarm once".
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
