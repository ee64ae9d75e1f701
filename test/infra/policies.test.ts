import { describe, expect, it } from 'vitest';
import type { RecordedResource } from '#infra/cli/plan/engine.ts';
import type { CheckedResource } from '#infra/policies/rule.ts';
import { RULES } from '#infra/policies/rules.ts';
import { defaultTags, RECORDINGS, STACKS } from './graph.ts';
import type { Name } from './record-all.ts';

function checkedResource(name: Name, resource: RecordedResource): CheckedResource {
  const recording = RECORDINGS[name];
  const provided = resource.custom && !resource.type.startsWith('pulumi:');
  return {
    ...resource,
    stack: recording.stack,
    ...(provided ? { tags: defaultTags(recording, resource.provider) } : {}),
  };
}

function document(statement: Record<string, unknown>): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:x', ...statement }],
  });
}

const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
const GITHUB = { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' };

/** For each rule, resources that it must refuse. */
const WRONG: Record<string, [type: string, inputs: Record<string, unknown>][]> = {
  'statement-ids-are-unique': [
    [ROLE_POLICY, { policy: document({}) }],
    [
      ROLE_POLICY,
      {
        policy: JSON.stringify({
          Statement: [1, 2].map(() => ({ Sid: 'Same', Effect: 'Allow', Action: 'a:B', Resource: 'arn:x' })),
        }),
      },
    ],
  ],
  'no-star-action': [
    [ROLE_POLICY, { policy: document({ Action: ['sqs:*'] }) }],
    [ROLE_POLICY, { policy: document({ Action: '*' }) }],
    ['aws:kms/key:Key', { policy: document({ Action: 'kms:*', Sid: 'Another' }) }],
  ],
  'star-resource-only-where-aws-offers-no-other': [
    [ROLE_POLICY, { policy: document({ Resource: ['arn:y', '*'] }) }],
  ],
  'principals-are-named': [
    ['aws:sns/topicPolicy:TopicPolicy', { policy: document({ Principal: '*' }) }],
    [
      'aws:iam/role:Role',
      { assumeRolePolicy: document({ Principal: { AWS: 'arn:aws:iam::210987654321:user/x' } }) },
    ],
    ['aws:lambda/permission:Permission', { principal: 'events.amazonaws.com' }],
  ],
  'github-subjects-are-exact': ['repo:*:ref:refs/heads/main', 'repo:example/ansari:*'].map((subject) => [
    'aws:iam/role:Role',
    {
      assumeRolePolicy: document({
        Principal: GITHUB,
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:sub': subject,
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          },
        },
      }),
    },
  ]),
  'roles-are-passed-to-named-services': [[ROLE_POLICY, { policy: document({ Action: 'iam:PassRole' }) }]],
  'environments-are-isolated': [
    ['sns:Unsubscribe', '*'],
    ['sns:Subscribe', 'arn:aws:sns:us-west-2:123456789012:ansari-whatsapp-alarms'],
    ['sns:Publish', 'arn:aws:sns:us-west-2:123456789012:ansari-whatsapp-staging-alarms'],
    ['ssm:PutParameter', 'arn:aws:ssm:us-west-2:123456789012:parameter/ansari-whatsapp/staging/releases'],
    ['ssm:PutParameter', 'arn:aws:ssm:us-west-2:123456789012:parameter/ansari-whatsapp/*'],
    ['s3:PutObject', 'arn:aws:s3:::bucket/.pulumi/stacks/ansari-whatsapp/*'],
    ['ecr:BatchDeleteImage', 'arn:aws:ecr:us-west-2:123456789012:repository/ansari-whatsapp'],
    ['ecr:PutLifecyclePolicy', 'arn:aws:ecr:us-west-2:123456789012:repository/ansari-whatsapp'],
  ].map(([Action, Resource]) => [ROLE_POLICY, { policy: document({ Action, Resource }) }]),
  'tags-need-a-verdict': [
    [ROLE_POLICY, { policy: document({ Action: ['ecr:DescribeImages', 'ecr:PutImage'] }) }],
  ],
  'no-access-outlasts-a-deployment': [
    'iam:UpdateAssumeRolePolicy',
    'iam:CreateServiceLinkedRole',
    'lambda:AddPermission',
  ].map((action) => [ROLE_POLICY, { policy: document({ Action: action }) }]),
  'stored-data-is-encrypted': [
    ['aws:sqs/queue:Queue', {}],
    ['aws:dynamodb/table:Table', { serverSideEncryption: { enabled: true } }],
    ['aws:sns/topic:Topic', {}],
    ['aws:kms/key:Key', {}],
    ['aws:ssm/parameter:Parameter', { type: 'SecureString' }],
    ['aws:ssm/parameter:Parameter', { type: 'SecureString', keyId: 'k', value: 'v' }],
  ],
  'images-are-digests': [
    [
      'aws:apprunner/service:Service',
      {
        sourceConfiguration: {
          autoDeploymentsEnabled: false,
          imageRepository: { imageIdentifier: 'a:latest' },
        },
      },
    ],
    [
      'aws:apprunner/service:Service',
      { sourceConfiguration: { imageRepository: { imageIdentifier: `a@sha256:${'0'.repeat(64)}` } } },
    ],
    ['aws:ecs/expressGatewayService:ExpressGatewayService', { primaryContainer: { image: 'a:latest' } }],
    ['aws:ecs/taskDefinition:TaskDefinition', { containerDefinitions: '[{"image":"a:latest"}]' }],
  ],
  'health-checks-use-http': [
    ['aws:apprunner/service:Service', { healthCheckConfiguration: { protocol: 'TCP' } }],
  ],
  'logs-expire': [['aws:cloudwatch/logGroup:LogGroup', {}]],
  'data-is-protected': [
    ['aws:dynamodb/table:Table', { deletionProtectionEnabled: true }],
    ['awsx:ecr:Repository', {}],
  ],
  'everything-is-tagged': [['aws:sqs/queue:Queue', {}]],
};

describe.each(RULES.map((rule) => [rule.name, rule] as const))('%s', (name, rule) => {
  it.each(STACKS)('holds in %s', (stack) => {
    const wrong = RECORDINGS[stack].resources.flatMap((resource) =>
      rule
        .check(checkedResource(stack, resource))
        .map((description) => `${resource.type} ${resource.name} ${description}`),
    );
    expect(wrong).toEqual([]);
  });

  it('rejects the violations that it is meant for', () => {
    const cases = WRONG[name] ?? [];
    expect(cases.length).toBeGreaterThan(0);
    for (const [type, inputs] of cases) {
      const resource = {
        type,
        name: 'x',
        stack: 'production',
        inputs,
        tags: { project: 'x' },
        protect: false,
      };
      expect(rule.check(resource), JSON.stringify(inputs)).not.toEqual([]);
    }
  });
});
