import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callsOfNextUpdate } from '#infra/cli/doctor/next-update.ts';
import { checkRights } from '#infra/cli/doctor/rights.ts';
import { readSharedOutputs } from '#infra/cli/doctor/shared-outputs.ts';
import { openAws } from '#infra/cli/release/aws.ts';
import { type FakeServer, fakeServer } from '../../../fakes/http-server.ts';
import { FakeTools } from '../../../fakes/tools/tools.ts';

const ACCOUNT = '210987654321';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ansari-whatsapp-deploy-production`;
const KEY = `arn:aws:kms:us-west-2:${ACCOUNT}:key/of-secrets`;
const EXISTING_ROLES = { instanceRoleArn: `arn:aws:iam::${ACCOUNT}:role/Given` };
const next = (more = {}) =>
  callsOfNextUpdate({
    stack: 'production',
    compute: 'apprunner',
    worker: 'lambda',
    account: ACCOUNT,
    keyArn: KEY,
    existingRoles: {},
    ...more,
  });

describe('the calls of the next pulumi up', () => {
  it("are the recorded calls, with the stack's name and account", () => {
    const calls = next();
    expect(calls.length).toBeGreaterThan(100);
    for (const { resource, context } of calls)
      expect(resource + JSON.stringify(context)).not.toMatch(/123456789012|staging|[{][a-z]|^arn:aws:s3/);
    expect(calls).toContainEqual({
      action: 'iam:UpdateRoleDescription',
      resource: `arn:aws:iam::${ACCOUNT}:role/ansari-whatsapp-production-worker`,
      context: expect.objectContaining({}),
    });
    expect(calls.find(({ action }) => action === 'kms:Encrypt')?.resource).toBe(KEY);
    expect(calls.map(({ action }) => action)).not.toContain('dynamodb:DeleteTable');
  });

  it('include those of a worker on Fargate', () => {
    const made = (worker: string) =>
      next({ compute: 'ecs-express', worker })
        .map(({ action }) => action)
        .filter((action) =>
          /^(ecs:CreateService|ecs:CreateExpressGatewayService|ec2:DescribeSubnets)$/.test(action),
        );
    expect(new Set(made('lambda'))).toEqual(new Set(['ecs:CreateExpressGatewayService']));
    expect(new Set(made('fargate'))).toEqual(
      new Set(['ecs:CreateExpressGatewayService', 'ecs:CreateService', 'ec2:DescribeSubnets']),
    );
  });

  it('omit calls on an unknown key', () => {
    expect(next({ keyArn: undefined }).filter(({ action }) => action === 'kms:Encrypt')).toEqual([]);
  });

  it('pass existing roles to the service that uses them', () => {
    const passed = (compute: string) =>
      next({ compute, existingRoles: EXISTING_ROLES }).filter(
        ({ resource }) => resource === EXISTING_ROLES.instanceRoleArn,
      );
    expect(passed('apprunner')).toEqual([
      expect.objectContaining({ context: { 'iam:PassedToService': 'tasks.apprunner.amazonaws.com' } }),
    ]);
    expect(passed('ecs-express')).toEqual([
      expect.objectContaining({ context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
    ]);
  });
});

describe('the permissions of the deploy role', () => {
  let server: FakeServer;
  /** `iam:PassRole arn:…` */
  const refused = new Set<string>();
  let failure: readonly [status: number, code: string] | undefined;

  beforeEach(async () => {
    refused.clear();
    failure = undefined;
    server = await fakeServer((response, { body }) => {
      const [status, text] =
        failure === undefined ? [200, simulated(body)] : [failure[0], failed(failure[1])];
      response.writeHead(status, { 'content-type': 'text/xml' }).end(text);
    });
  });
  afterEach(() => server.close());

  const members = (form: URLSearchParams, name: string) =>
    [...form].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);

  /** Responds as IAM does: one result for one resource, one result each for several. */
  function simulated(body: string): string {
    const form = new URLSearchParams(body);
    const resources = members(form, 'ResourceArns');
    const decide = (action: string, resource: string) =>
      refused.has(`${action} ${resource}`) ? 'implicitDeny' : 'allowed';
    const results = members(form, 'ActionNames').map((action) => {
      const one = (resource: string) =>
        `<member><EvalResourceName>${resource}</EvalResourceName><EvalResourceDecision>${decide(action, resource)}</EvalResourceDecision></member>`;
      const specific = resources.length === 1 ? '' : resources.map(one).join('');
      const all = resources.some((resource) => decide(action, resource) !== 'allowed');
      return `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>${resources[0]}</EvalResourceName><EvalDecision>${all ? 'implicitDeny' : 'allowed'}</EvalDecision><ResourceSpecificResults>${specific}</ResourceSpecificResults></member>`;
    });
    return `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>${results.join('')}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`;
  }

  const failed = (code: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>not here</Message></Error></ErrorResponse>`;

  const check = (calls = next()) => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return checkRights(openAws({ endpoint: server.url, credentials }).iam, ROLE, calls, 'shared-production');
  };

  it('are sufficient when IAM allows every call, simulated in a few requests with their context', async () => {
    expect(await check()).toMatchObject({
      outcome: 'good',
      message: expect.stringMatching(/may make all 1\d\d/),
    });
    expect(server.seen.length).toBeLessThan(40);
    const forms = server.seen.map(({ body }) => new URLSearchParams(body));
    expect(new Set(forms.map((form) => form.get('PolicySourceArn')))).toEqual(new Set([ROLE]));
    const passing = forms.find((form) => members(form, 'ActionNames').includes('iam:PassRole'));
    expect(passing?.get('ContextEntries.member.1.ContextKeyName')).toBe('iam:PassedToService');
    expect(passing?.get('ContextEntries.member.1.ContextKeyValues.member.1')).toContain('.amazonaws.com');
  });

  it.each([
    `sqs:TagQueue arn:aws:sqs:us-west-2:${ACCOUNT}:ansari-whatsapp-production-turns-dead`,
    `lambda:CreateFunction arn:aws:lambda:us-west-2:${ACCOUNT}:function:ansari-whatsapp-production-worker`,
  ])('are not sufficient when one call is denied: %s', async (call) => {
    refused.add(call);
    expect(await check()).toEqual({
      name: 'rights',
      outcome: 'bad',
      message: `the next pulumi up from GitHub would be refused; ansari-whatsapp-deploy-production may not ${call.replace(' ', ' on ')}`,
      fix: 'pulumi up --stack shared-production',
    });
  });

  it('are listed up to five', async () => {
    for (const { action, resource } of next()) refused.add(`${action} ${resource}`);
    const { message } = await check();
    expect(message.match(/ on arn:/g)?.length).toBeLessThanOrEqual(5);
    expect(message).toMatch(/ and \d+ more$/);
  });

  it('are skipped without the permission to simulate', async () => {
    failure = [403, 'AccessDenied'];
    expect(await check()).toMatchObject({
      outcome: 'skipped',
      message: expect.stringContaining(
        'these credentials may not simulate ansari-whatsapp-deploy-production (iam:SimulatePrincipalPolicy)',
      ),
    });
    failure = [400, 'InvalidInput'];
    expect(await check()).toMatchObject({
      outcome: 'skipped',
      message: expect.stringContaining('IAM could not simulate'),
    });
  });

  it('are missing without the role', async () => {
    failure = [404, 'NoSuchEntity'];
    expect(await check()).toMatchObject({ outcome: 'bad', fix: 'pulumi up --stack shared-production' });
  });
});

describe('the outputs of the stack shared', () => {
  let tools: FakeTools;
  beforeEach(() => {
    tools = new FakeTools();
  });
  afterEach(() => tools.restore());

  it('are read from Pulumi, and absent when it is not up', async () => {
    const outputs = { deployRoleArns: { 'deploy-staging': ROLE }, keyArns: { staging: KEY }, url: 'x' };
    tools.usePulumi('', { 'stack output': JSON.stringify(outputs) });
    expect(await readSharedOutputs('shared')).toEqual({
      deployRoleArns: { 'deploy-staging': ROLE },
      keyArns: { staging: KEY },
      passableRoleArns: [],
      secretArns: {},
    });
    await readSharedOutputs('shared-production');
    expect(tools.calls().map((call) => call[call.indexOf('--stack') + 1])).toEqual([
      'shared',
      'shared-production',
    ]);
    tools.usePulumi('', { 'stack output': '{}' });
    expect(await readSharedOutputs('shared')).toBeUndefined();
    tools.usePulumi('', { 'stack output': 'error: no stack named' });
    expect(await readSharedOutputs('shared')).toBeUndefined();
  });
});
