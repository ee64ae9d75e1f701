/**
 * App Runner's control plane over its JSON protocol, with the webhook app itself as what it runs: an image is a program,
 * started with the variables and parameters of the service, asked for its health, and put behind TLS.
 */
import * as z from 'zod';
import { type Call, Failure } from '../../fakes/aws/failure.ts';
import { type FakeServer, fakeServer } from '../../fakes/http-server.ts';
import { type RunningApp, startApp } from '../../fakes/running-app.ts';
import type { ReleaseAccount } from './account.ts';
import { startFront } from './front.ts';

const ARN = 'arn:aws:apprunner:us-west-2:123456789012';
const NAME = 'ansari-whatsapp-staging';
const ID = '0123456789abcdef';

const source = z.object({
  ImageRepository: z.looseObject({
    ImageIdentifier: z.string(),
    ImageConfiguration: z
      .looseObject({
        RuntimeEnvironmentVariables: z.record(z.string(), z.string()).default({}),
        RuntimeEnvironmentSecrets: z.record(z.string(), z.string()).default({}),
      })
      .prefault({}),
  }),
});
type Source = z.infer<typeof source>;

/** What an image does: variables that it overrides, as a build with another idea of them would. */
export type Program = Readonly<Record<string, string>>;

export class AppRunner {
  /** By digest reference. Without an entry there is no such image. */
  readonly programs = new Map<string, Program>();
  readonly #account: ReleaseAccount;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #tags = new Map<string, { Key: string; Value: string }[]>();
  readonly #operations: { Id: string; Type: string; Status: string; StartedAt: number }[] = [];
  #scaling: Record<string, unknown> = {};
  #revisions = 0;
  #service: (Record<string, unknown> & { SourceConfiguration: Source }) | undefined;
  #status = 'RUNNING';
  #running: RunningApp | undefined;
  #control: FakeServer | undefined;
  #front: Awaited<ReturnType<typeof startFront>> | undefined;

  /** `environment` is what every program of the service gets: where the other services of AWS are. */
  constructor(account: ReleaseAccount, environment: Readonly<Record<string, string>>) {
    this.#account = account;
    this.#environment = environment;
  }

  /** The image that runs, whatever was asked for. */
  get image(): string | undefined {
    return this.#service?.SourceConfiguration.ImageRepository.ImageIdentifier;
  }

  /** Answers the address of the control plane. */
  async start(): Promise<string> {
    this.#front = await startFront(() => Number(new URL(this.#running?.url ?? 'http://localhost:1').port));
    this.#control = await fakeServer(async (response, { headers, body }) => {
      const action = String(headers['x-amz-target']).replace('AppRunner.', '');
      const type = { 'content-type': 'application/x-amz-json-1.0' };
      try {
        response
          .writeHead(200, type)
          .end(JSON.stringify(await this.#answer({ action, input: JSON.parse(body) })));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        response.writeHead(400, type).end(JSON.stringify({ __type: error.type, message: error.message }));
      }
    });
    return this.#control.url;
  }

  async close(): Promise<void> {
    await this.#running?.close();
    this.#front?.close();
    await this.#control?.close();
  }

  async #answer({ action, input }: Call): Promise<unknown> {
    const arn = String(input.ResourceArn);
    switch (action) {
      case 'CreateAutoScalingConfiguration':
        return { AutoScalingConfiguration: this.#scale(input) };
      case 'DescribeAutoScalingConfiguration':
        return { AutoScalingConfiguration: this.#scaling };
      case 'ListTagsForResource':
        return { Tags: this.#tags.get(arn) ?? [] };
      case 'TagResource':
        this.#tags.set(arn, z.array(z.object({ Key: z.string(), Value: z.string() })).parse(input.Tags));
        return {};
      case 'CreateService':
        return { Service: this.#begin('CREATE_SERVICE', input), OperationId: '0' };
      case 'UpdateService':
        return { Service: this.#begin('UPDATE_SERVICE', { ...this.#service, ...input }), OperationId: '1' };
      case 'DescribeService':
        return { Service: this.#describe() };
      case 'ListServices':
        return { ServiceSummaryList: this.#service === undefined ? [] : [this.#describe()] };
      case 'ListOperations':
        return { OperationSummaryList: this.#operations.toReversed() };
      default:
        throw new Failure('InvalidRequestException', action);
    }
  }

  #scale(input: Readonly<Record<string, unknown>>) {
    this.#revisions += 1;
    const name = String(input.AutoScalingConfigurationName);
    this.#scaling = {
      ...input,
      AutoScalingConfigurationArn: `${ARN}:autoscalingconfiguration/${name}/${this.#revisions}/${ID}`,
      AutoScalingConfigurationRevision: this.#revisions,
      Latest: true,
      Status: 'active',
    };
    return this.#scaling;
  }

  #begin(kind: string, input: Readonly<Record<string, unknown>>) {
    const wanted = { ...input, SourceConfiguration: source.parse(input.SourceConfiguration) };
    const operation = { Id: kind, Type: kind, Status: 'IN_PROGRESS', StartedAt: Date.now() / 1000 };
    this.#operations.push(operation);
    this.#status = 'OPERATION_IN_PROGRESS';
    const before = this.#service;
    this.#service ??= wanted;
    void this.#run(wanted.SourceConfiguration).then(
      async (app) => {
        const old = this.#running;
        [this.#service, this.#running, this.#status] = [wanted, app, 'RUNNING'];
        operation.Status = 'SUCCEEDED';
        await old?.close();
      },
      // The old one continues, and the status of the service is RUNNING: only the operation shows the failure.
      () => {
        operation.Status = before === undefined ? 'FAILED' : 'ROLLBACK_SUCCEEDED';
        this.#status = before === undefined ? 'CREATE_FAILED' : 'RUNNING';
      },
    );
    return this.#describe();
  }

  /** A program that answers `GET /` with 200. */
  async #run({ ImageRepository }: Source): Promise<RunningApp> {
    const program = this.programs.get(ImageRepository.ImageIdentifier);
    if (program === undefined) throw new Error(`there is no image ${ImageRepository.ImageIdentifier}`);
    for (const kind of ['application', 'service'])
      await this.#account.makeLogGroup(`/aws/apprunner/${NAME}/${ID}/${kind}`);
    const { RuntimeEnvironmentVariables, RuntimeEnvironmentSecrets } = ImageRepository.ImageConfiguration;
    const secrets = Object.entries(RuntimeEnvironmentSecrets).map(
      async ([name, arn]) => [name, await this.#account.parameter(arn.replace(/^.*:parameter/, ''))] as const,
    );
    const app = await startApp({
      ...RuntimeEnvironmentVariables,
      ...Object.fromEntries(await Promise.all(secrets)),
      ...this.#environment,
      ...program,
      PORT: '0',
    });
    const { status } = await fetch(app.url);
    if (status === 200) return app;
    await app.close();
    throw new Error(`GET / answers ${status}`);
  }

  #describe() {
    if (this.#service === undefined) throw new Failure('ResourceNotFoundException', NAME);
    return {
      ...this.#service,
      ServiceName: NAME,
      ServiceId: ID,
      ServiceArn: `${ARN}:service/${NAME}/${ID}`,
      ServiceUrl: this.#front?.host,
      Status: this.#status,
      AutoScalingConfigurationSummary: this.#scaling,
      NetworkConfiguration: {
        EgressConfiguration: { EgressType: 'DEFAULT' },
        IngressConfiguration: { IsPubliclyAccessible: true },
        IpAddressType: 'IPV4',
      },
      ObservabilityConfiguration: { ObservabilityEnabled: false },
    };
  }
}
