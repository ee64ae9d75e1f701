import type * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, parametersPath, serviceName } from '../names.ts';
import { actionsOf, grantOf } from './statements.ts';

/** Permissions for tables, queues and parameters. */
export function dataPermissions(
  environment: EnvironmentName,
  place: Place,
  keyArn: pulumi.Input<string>,
): Grant {
  const service = serviceName(environment);
  const exceptInProduction = (...actions: readonly string[]) => (environment === 'production' ? [] : actions);
  return grantOf(
    {
      Sid: 'ChangeParameters',
      Action: actionsOf(
        'ssm',
        'AddTagsToResource',
        'DeleteParameter',
        'GetParameter',
        'GetParameters',
        'ListTagsForResource',
        'PutParameter',
        'RemoveTagsFromResource',
      ),
      Resource: arnOf(place, 'ssm', `parameter${parametersPath(environment)}/*`),
    },
    { Sid: 'SeeParameters', Action: ['ssm:DescribeParameters'], Resource: '*' },
    {
      Sid: 'EncryptParameters',
      Action: actionsOf('kms', 'Decrypt', 'Encrypt', 'GenerateDataKey'),
      Resource: keyArn,
      Condition: viaParameterStore(place),
    },
    {
      Sid: 'ChangeTables',
      Action: actionsOf(
        'dynamodb',
        'CreateTable',
        ...exceptInProduction('DeleteTable'),
        'DescribeContinuousBackups',
        'DescribeTable',
        'DescribeTimeToLive',
        'ListTagsOfResource',
        'TagResource',
        'UntagResource',
        'UpdateContinuousBackups',
        'UpdateTable',
        'UpdateTimeToLive',
      ),
      Resource: arnOf(place, 'dynamodb', `table/${service}-*`),
    },
    {
      // SetQueueAttributes also sets a queue's policy, and no condition key covers its content (Service Authorization
      // Reference, SQS). Whoever deploys an environment can therefore let another account read its wake-ups: ids of
      // conversations, and no text of a message. Hand-offs have texts, and a key whose policy no deployment can change. The
      // policy is in the state, so `npm run drift` shows a change.
      Sid: 'ChangeQueues',
      Action: actionsOf(
        'sqs',
        'CreateQueue',
        ...exceptInProduction('DeleteQueue'),
        'GetQueueAttributes',
        'GetQueueUrl',
        'ListQueueTags',
        'SetQueueAttributes',
        'TagQueue',
        'UntagQueue',
      ),
      Resource: ['turns', 'hand-offs'].map((name) => arnOf(place, 'sqs', `${service}-${name}*`)),
    },
  );
}

/** Only Parameter Store may use the key on the caller's behalf. */
function viaParameterStore(place: Place) {
  return { StringEquals: { 'kms:ViaService': `ssm.${place.region}.amazonaws.com` } };
}
