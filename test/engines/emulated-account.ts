/** Reads the emulated account itself, so that a test does not depend on Pulumi's state. */
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  paginateListClusters,
  paginateListServices,
} from '@aws-sdk/client-ecs';
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetRolePolicyCommand, IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import { KMSClient, paginateListAliases } from '@aws-sdk/client-kms';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';

const POLICY = z.object({ Statement: z.array(z.object({ Sid: z.string(), Action: z.array(z.string()) })) });
const ROOT_PATH = '/app-runtime/ansari-whatsapp';

export class EmulatedAccount {
  readonly #endpoint: string;
  readonly #place: {
    region: string;
    endpoint: string;
    credentials: Record<'accessKeyId' | 'secretAccessKey', string>;
  };

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    this.#place = { region: 'us-west-2', endpoint, credentials };
  }

  /** Deletes the resources of an earlier run, on emulators that support it. */
  async reset(): Promise<void> {
    await fetch(`${this.#endpoint}/moto-api/reset`, { method: 'POST' }).catch(() => undefined);
  }

  /** The decrypted parameters of a stack, by the last segment of their names. */
  async parameters(stack: string): Promise<Record<string, { type: string; value: string }>> {
    const found: Record<string, { type: string; value: string }> = {};
    const asked = { Path: `${ROOT_PATH}/${stack}`, WithDecryption: true };
    for await (const { Parameters = [] } of paginateGetParametersByPath(
      { client: new SSMClient(this.#place) },
      asked,
    )) {
      for (const { Name = '', Type = '', Value = '' } of Parameters)
        found[Name.slice(Name.lastIndexOf('/') + 1)] = { type: Type, value: Value };
    }
    return found;
  }

  async queue(QueueUrl: string): Promise<Record<string, string>> {
    const { Attributes = {} } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return Attributes;
  }

  async table(TableName: string) {
    const client = new DynamoDBClient(this.#place);
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return Table;
  }

  /** The statements of a role's policy: their actions by their `Sid`. */
  async rights(RoleName: string): Promise<Record<string, string[]>> {
    const { PolicyDocument = '' } = await new IAMClient(this.#place).send(
      new GetRolePolicyCommand({ RoleName, PolicyName: 'rights' }),
    );
    const { Statement } = POLICY.parse(JSON.parse(decodeURIComponent(PolicyDocument)));
    return Object.fromEntries(Statement.map(({ Sid, Action }) => [Sid, Action]));
  }

  async lambda(FunctionName: string) {
    return this.#lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  }

  async eventSources(functionName: string) {
    const found = await all(
      paginateListEventSourceMappings({ client: this.#lambda }, {}),
      (page) => page.EventSourceMappings,
    );
    return found.filter(({ FunctionArn }) => FunctionArn?.endsWith(`:${functionName}`));
  }

  /** The worker's service in a cluster, and the first container of its tasks. */
  async taskService(cluster: string) {
    const client = new ECSClient(this.#place);
    const { services = [] } = await client.send(
      new DescribeServicesCommand({ cluster, services: [`${cluster}-worker`] }),
    );
    const [service] = services;
    const { taskDefinition } = await client.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
    );
    return { service, family: taskDefinition?.family, container: taskDefinition?.containerDefinitions?.[0] };
  }

  /** The rule of a schedule, and its targets. */
  async rule(name: string) {
    const client = new EventBridgeClient(this.#place);
    const { Rules = [] } = await client.send(new ListRulesCommand({ NamePrefix: name }));
    const { Targets = [] } = await client.send(new ListTargetsByRuleCommand({ Rule: name }));
    return { schedule: Rules[0]?.ScheduleExpression, targets: Targets.map(({ Arn }) => Arn) };
  }

  async alarms() {
    const client = new CloudWatchClient(this.#place);
    return all(paginateDescribeAlarms({ client }, {}), (page) => page.MetricAlarms);
  }

  /** The sorted names of all resources that contain the word: `table ansari-whatsapp-staging-stage`. */
  async holding(word: string): Promise<string[]> {
    const kinds = {
      table: all(
        paginateListTables({ client: new DynamoDBClient(this.#place) }, {}),
        (page) => page.TableNames,
      ),
      queue: all(paginateListQueues({ client: this.#sqs }, {}), (page) =>
        page.QueueUrls?.map((url) => url.slice(url.lastIndexOf('/') + 1)),
      ),
      role: all(paginateListRoles({ client: new IAMClient(this.#place) }, {}), (page) =>
        page.Roles?.map(({ RoleName }) => RoleName),
      ),
      function: all(paginateListFunctions({ client: this.#lambda }, {}), (page) =>
        page.Functions?.map(({ FunctionName }) => FunctionName),
      ),
      'event source': all(paginateListEventSourceMappings({ client: this.#lambda }, {}), (page) =>
        page.EventSourceMappings?.map(({ FunctionArn }) => FunctionArn?.split(':').pop()),
      ),
      cluster: this.#clusters().then((arns) => arns.map(nameOf)),
      service: this.#services().then((arns) => arns.map(nameOf)),
      alarm: this.alarms().then((found) => found.map(({ AlarmName }) => AlarmName)),
      rule: new EventBridgeClient(this.#place)
        .send(new ListRulesCommand({}))
        .then(({ Rules = [] }) => Rules.map(({ Name }) => Name)),
      'log group': all(
        paginateDescribeLogGroups({ client: new CloudWatchLogsClient(this.#place) }, {}),
        (page) => page.logGroups?.map(({ logGroupName }) => logGroupName),
      ),
      repository: new ECRClient(this.#place)
        .send(new DescribeRepositoriesCommand({}))
        .then(({ repositories = [] }) => repositories.map(({ repositoryName }) => repositoryName)),
      key: all(paginateListAliases({ client: new KMSClient(this.#place) }, {}), (page) =>
        page.Aliases?.map(({ AliasName }) => AliasName),
      ),
      parameter: all(
        paginateGetParametersByPath(
          { client: new SSMClient(this.#place) },
          { Path: ROOT_PATH, Recursive: true },
        ),
        (page) => page.Parameters?.map(({ Name }) => Name),
      ),
    };
    const named = await Promise.all(
      Object.entries(kinds).map(async ([kind, names]) => (await names).map((name) => `${kind} ${name}`)),
    );
    return named
      .flat()
      .filter((name) => name.includes(word))
      .sort();
  }

  /** A cluster that was deleted stays visible for a while. */
  async #clusters(): Promise<string[]> {
    const client = new ECSClient(this.#place);
    const arns = await all(paginateListClusters({ client }, {}), (page) => page.clusterArns);
    if (arns.length === 0) return [];
    const { clusters = [] } = await client.send(new DescribeClustersCommand({ clusters: arns }));
    return clusters.filter(({ status }) => status === 'ACTIVE').map(({ clusterArn = '' }) => clusterArn);
  }

  /** ECS lists no service that was deleted, moto does. */
  async #services(): Promise<string[]> {
    const client = new ECSClient(this.#place);
    const found = (await this.#clusters()).map(async (cluster) => {
      const pages = paginateListServices({ client }, { cluster });
      const arns = await all(pages, (page) => page.serviceArns);
      if (arns.length === 0) return [];
      const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: arns }));
      return services.filter(({ status }) => status === 'ACTIVE').map(({ serviceArn = '' }) => serviceArn);
    });
    return (await Promise.all(found)).flat();
  }

  get #sqs(): SQSClient {
    // The account's queues name their own host, which is AWS's.
    return new SQSClient({ ...this.#place, useQueueUrlAsEndpoint: false });
  }

  get #lambda(): LambdaClient {
    return new LambdaClient(this.#place);
  }
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

async function all<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}
