import type * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, PROJECT, serviceName } from '../names.ts';
import { allowing, verbs } from './statements.ts';

/** The worker, its sweep, logs, alarms. */
export function workerRights(
  environment: EnvironmentName,
  place: Place,
  topicArn: pulumi.Input<string>,
): Grant {
  const service = serviceName(environment);
  const worker = arnOf(place, 'lambda', `function:${service}-worker`);
  const mappings = arnOf(place, 'lambda', 'event-source-mapping:*');
  const ofWorker = { ArnEquals: { 'lambda:FunctionArn': worker } };
  const ofEnvironment = { 'aws:ResourceTag/environment': environment };
  return allowing(
    {
      Sid: 'ChangeWorker',
      Action: verbs(
        'lambda',
        'CreateFunction',
        'DeleteFunction',
        'DeleteFunctionEventInvokeConfig',
        'GetFunction',
        'GetFunctionCodeSigningConfig',
        'GetFunctionConfiguration',
        'GetFunctionEventInvokeConfig',
        'GetPolicy',
        'ListTags',
        'ListVersionsByFunction',
        'PutFunctionEventInvokeConfig',
        'RemovePermission',
        'TagResource',
        'UntagResource',
        'UpdateFunctionCode',
        'UpdateFunctionConfiguration',
        'UpdateFunctionEventInvokeConfig',
      ),
      Resource: worker,
    },
    {
      // Nobody but the schedule may be let in: a permission outlives the deployment that gave it.
      Sid: 'LetScheduleCall',
      Action: ['lambda:AddPermission'],
      Resource: worker,
      Condition: { StringEquals: { 'lambda:Principal': 'events.amazonaws.com' } },
    },
    // A mapping has no name; AWS lets it be told apart by its function, and by its tags.
    { Sid: 'MakeWakeUps', Action: ['lambda:CreateEventSourceMapping'], Resource: '*', Condition: ofWorker },
    {
      Sid: 'ChangeWakeUps',
      Action: verbs('lambda', 'DeleteEventSourceMapping', 'UpdateEventSourceMapping'),
      Resource: mappings,
      Condition: ofWorker,
    },
    // Without a condition: one that is gone has no function, and the provider awaits the answer that it is gone.
    { Sid: 'SeeWakeUps', Action: verbs('lambda', 'GetEventSourceMapping', 'ListTags'), Resource: mappings },
    {
      // A new one has no tags yet, and gets that of the environment.
      Sid: 'TagWakeUps',
      Action: verbs('lambda', 'TagResource'),
      Resource: mappings,
      Condition: { StringEqualsIfExists: { ...ofEnvironment, 'aws:RequestTag/environment': environment } },
    },
    {
      Sid: 'UntagWakeUps',
      Action: verbs('lambda', 'UntagResource'),
      Resource: mappings,
      Condition: { StringEquals: ofEnvironment },
    },
    {
      Sid: 'ChangeSweep',
      Action: verbs(
        'events',
        'DeleteRule',
        'DescribeRule',
        'ListTagsForResource',
        'ListTargetsByRule',
        'PutRule',
        'PutTargets',
        'RemoveTargets',
        'TagResource',
        'UntagResource',
      ),
      Resource: arnOf(place, 'events', `rule/${service}-sweep`),
    },
    {
      // Filtering them is how a deployment finds the errors since it began.
      Sid: 'ChangeLogs',
      Action: verbs(
        'logs',
        'CreateLogGroup',
        'DeleteLogGroup',
        'DeleteMetricFilter',
        'DescribeMetricFilters',
        'FilterLogEvents',
        'ListTagsForResource',
        'PutMetricFilter',
        'PutRetentionPolicy',
        'TagResource',
        'UntagResource',
      ),
      Resource: [
        arnOf(place, 'logs', `log-group:/${PROJECT}/${environment}/*`),
        arnOf(place, 'logs', `log-group:/aws/apprunner/${service}/*`),
      ],
    },
    { Sid: 'SeeLogs', Action: ['logs:DescribeLogGroups'], Resource: '*' },
    {
      Sid: 'ChangeAlarms',
      Action: verbs(
        'cloudwatch',
        'DeleteAlarms',
        'DescribeAlarms',
        'ListTagsForResource',
        'PutMetricAlarm',
        'TagResource',
        'UntagResource',
      ),
      Resource: arnOf(place, 'cloudwatch', `alarm:${service}-*`),
    },
    {
      Sid: 'ChangeDashboard',
      Action: verbs('cloudwatch', 'DeleteDashboards', 'GetDashboard', 'PutDashboard'),
      Resource: arnOf({ ...place, region: '' }, 'cloudwatch', `dashboard/${service}`),
    },
    {
      Sid: 'SubscribeToTopic',
      Action: ['sns:Subscribe'],
      Resource: topicArn,
      Condition: { StringEquals: { 'sns:Protocol': 'email' } },
    },
    // Reading alone: AWS has no resource to name for a subscription (Service Authorization Reference, Amazon SNS), so a
    // right to change or end one would reach those of every environment.
    { Sid: 'SeeSubscriptions', Action: ['sns:GetSubscriptionAttributes'], Resource: '*' },
  );
}
