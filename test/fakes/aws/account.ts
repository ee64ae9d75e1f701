/** An AWS account over HTTP, as far as the release commands call it: the JSON protocols, STS, IAM and S3. */
import { type FakeServer, fakeServer, type Seen } from '../http-server.ts';
import { FakeAppRunner } from './app-runner.ts';
import { FakeEc2 } from './ec2.ts';
import { FakeEcr } from './ecr.ts';
import { FakeEcs } from './ecs.ts';
import { type Call, Failure } from './failure.ts';
import { FakeIam } from './iam.ts';
import { FakeKms } from './kms.ts';
import { FakeLogGroups } from './log-groups.ts';
import { FakeParameterStore } from './parameter-store.ts';
import { FakeS3 } from './s3.ts';

export const ACCOUNT = '123456789012';
export const REPOSITORY = `${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com/ansari-whatsapp`;

export class FakeAccount {
  readonly appRunner = new FakeAppRunner();
  readonly ec2 = new FakeEc2();
  readonly ecr = new FakeEcr();
  readonly ecs = new FakeEcs();
  readonly iam = new FakeIam();
  readonly kms = new FakeKms();
  readonly s3 = new FakeS3();
  readonly logGroups = new FakeLogGroups();
  readonly parameterStore = new FakeParameterStore();
  /** Values by the full name of the parameter. */
  readonly parameters = new Map<string, string>();
  /** Versions of parameters by name; absent: 1. */
  readonly parameterVersions = new Map<string, number>();
  /** The concurrency quota of Lambda, and its unreserved part. */
  readonly concurrency = { quota: 1000, free: 1000 };
  /** Lines of the log of the web service; one without a stream belongs to its own instance. */
  readonly logLines: { readonly at: Date; readonly message: string; readonly stream?: string }[] = [];
  /** Actions that are denied: `FilterLogEvents`. */
  readonly refused = new Set<string>();
  /** Actions in order of arrival. */
  readonly actions: string[] = [];
  #server: FakeServer | undefined;

  async start(): Promise<void> {
    this.#server = await fakeServer((response, seen) => {
      const { status, type, body } = this.#answer(seen);
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  get access() {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return { endpoint: this.url, credentials };
  }

  get url(): string {
    if (this.#server === undefined) throw new Error('not started');
    return this.#server.url;
  }

  /** The effect of `pulumi up` on the service. */
  deploy(image: string): void {
    this.appRunner.update(image);
  }

  #answer(seen: Seen) {
    if (seen.url.startsWith('/fake/up')) {
      this.deploy(String(new URL(seen.url, 'http://fake').searchParams.get('image')));
      return { status: 200, type: 'text/plain', body: '' };
    }
    if (seen.url.startsWith('/fake/push')) {
      this.ecr.pushed(String(new URL(seen.url, 'http://fake').searchParams.get('name')));
      return { status: 200, type: 'text/plain', body: '' };
    }
    if (seen.url.startsWith('/2016-08-19/account-settings')) {
      const { quota, free } = this.concurrency;
      const AccountLimit = { ConcurrentExecutions: quota, UnreservedConcurrentExecutions: free };
      return { status: 200, type: 'application/json', body: JSON.stringify({ AccountLimit }) };
    }
    if (seen.body.includes('Action=GetCallerIdentity'))
      return { status: 200, type: 'text/xml', body: IDENTITY };
    const query = new URLSearchParams(seen.body);
    const response =
      this.#refusedQuery(query.get('Action')) ?? this.iam.answer(query) ?? this.ec2.answer(query);
    if (response !== undefined) return { ...response, type: 'text/xml' };
    if (seen.headers['x-amz-target'] === undefined) return this.s3.answer(seen.method, seen.url, seen.body);
    const [service = '', action = ''] = String(seen.headers['x-amz-target']).split('.');
    this.actions.push(action);
    const json = 'application/x-amz-json-1.1';
    try {
      if (this.refused.has(action)) throw new Failure('AccessDeniedException', `not allowed: ${action}`);
      return {
        status: 200,
        type: json,
        body: JSON.stringify(this.#call(service, action, JSON.parse(seen.body))),
      };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return {
        status: 400,
        type: json,
        body: JSON.stringify({ __type: error.type, message: error.message }),
      };
    }
  }

  #refusedQuery(action: string | null) {
    if (action === null || !this.refused.has(action)) return undefined;
    const error = '<Error><Code>UnauthorizedOperation</Code><Message>not allowed</Message></Error>';
    return { status: 403, body: `<Response><Errors>${error}</Errors></Response>` };
  }

  #call(service: string, action: string, input: Record<string, unknown>): unknown {
    const call: Call = { action, input };
    if (service === 'AppRunner') return this.appRunner.answer(call);
    if (service === 'AmazonEC2ContainerRegistry_V20150921') return this.ecr.answer(call);
    if (service === 'AmazonEC2ContainerServiceV20141113') return this.ecs.answer(call);
    if (service === 'TrentService') return this.kms.answer(call);
    if (action === 'GetParameters') return this.#parametersNamed(input.Names);
    if (['GetParameter', 'PutParameter'].includes(action)) return this.parameterStore.answer(call);
    if (action === 'DescribeParameters') return this.#parametersBelow(input);
    if (action === 'FilterLogEvents') return this.#events(input);
    if (['CreateLogGroup', 'DescribeLogGroups', 'PutRetentionPolicy'].includes(action))
      return this.logGroups.answer(call);
    throw new Failure('UnknownOperationException', `${service}.${action}`);
  }

  #parametersNamed(names: unknown) {
    const requested = Array.isArray(names) ? names.map(String) : [];
    return {
      Parameters: requested.flatMap((Name) => {
        const Value = this.parameters.get(Name);
        return Value === undefined ? [] : [{ Name, Value, Type: 'SecureString' }];
      }),
      InvalidParameters: requested.filter((name) => !this.parameters.has(name)),
    };
  }

  /** Without values, one on each page. */
  #parametersBelow({ ParameterFilters, NextToken = '0' }: Record<string, unknown>) {
    const path = JSON.stringify(ParameterFilters).match(/"Values":\["([^"]+)"\]/)?.[1] ?? '';
    const names = [...this.parameters.keys()].filter((name) => name.startsWith(`${path}/`));
    const page = Number(NextToken);
    const Parameters = names.slice(page, page + 1).map((Name) => {
      const Version = this.parameterVersions.get(Name) ?? 1;
      return { Name, Version, Type: 'SecureString', Tier: 'Standard', DataType: 'text', KeyId: 'the-key' };
    });
    return { Parameters, ...(page + 1 < names.length ? { NextToken: String(page + 1) } : {}) };
  }

  /** The first page is empty, as AWS may have it, and every line counts as an error. */
  #events({
    startTime = 0,
    endTime = Number.POSITIVE_INFINITY,
    logStreamNames,
    nextToken,
  }: Record<string, unknown>) {
    if (nextToken === undefined) return { events: [], nextToken: 'more' };
    const lines = this.logLines
      .map(({ at, message, stream = message }) => ({
        timestamp: at.getTime(),
        message,
        logStreamName: stream,
      }))
      .filter(({ timestamp }) => timestamp >= Number(startTime) && timestamp <= Number(endTime))
      .filter(
        ({ logStreamName }) => !Array.isArray(logStreamNames) || logStreamNames.includes(logStreamName),
      );
    return { events: lines };
  }
}

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::${ACCOUNT}:user/test</Arn><UserId>test</UserId><Account>${ACCOUNT}</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
