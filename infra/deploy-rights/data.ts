import type * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, parametersPath, serviceName } from '../names.ts';
import { allowing, verbs } from './statements.ts';

/** Tables, queues, parameters. */
export function dataRights(environment: EnvironmentName, place: Place, keyArn: pulumi.Input<string>): Grant {
  const service = serviceName(environment);
  const deleting = (...actions: readonly string[]) => (environment === 'production' ? [] : actions);
  return allowing(
    {
      Sid: 'ChangeParameters',
      Action: verbs(
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
      Action: verbs('kms', 'Decrypt', 'Encrypt', 'GenerateDataKey'),
      Resource: keyArn,
      Condition: viaParameterStore(place),
    },
    {
      Sid: 'ChangeTables',
      Action: verbs(
        'dynamodb',
        'CreateTable',
        ...deleting('DeleteTable'),
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
      // SetQueueAttributes sets a queue's policy as well, and no condition of IAM looks into it (Service Authorization
      // Reference, SQS). Whoever deploys an environment can so let another account read its wake-ups: ids of
      // conversations, without a word of what was said. The policy stands in the state, so a comparison shows a change.
      Sid: 'ChangeQueues',
      Action: verbs(
        'sqs',
        'CreateQueue',
        ...deleting('DeleteQueue'),
        'GetQueueAttributes',
        'GetQueueUrl',
        'ListQueueTags',
        'SetQueueAttributes',
        'TagQueue',
        'UntagQueue',
      ),
      Resource: arnOf(place, 'sqs', `${service}-turns*`),
    },
  );
}

/** The key is used by Parameter Store on the caller's behalf, and in no other way. */
function viaParameterStore(place: Place) {
  return { StringEquals: { 'kms:ViaService': `ssm.${place.region}.amazonaws.com` } };
}
