import {
  type AppRunnerClient,
  DescribeServiceCommand,
  ListOperationsCommand,
  paginateListServices,
} from '@aws-sdk/client-apprunner';
import { CommandError } from '../../../scripts/command.ts';
import { type EnvironmentName, serviceName } from '../../names.ts';
import { newestFirst, type Operation, type WebService } from './web-service.ts';

/**
 * App Runner rolls back to the old image when a new one fails its health check, and is RUNNING again. Its status alone
 * says nothing about an update: the newest operation and the image do.
 */
export async function findOnAppRunner(
  client: AppRunnerClient,
  stack: EnvironmentName,
): Promise<WebService | undefined> {
  const arn = await arnOfService(client, serviceName(stack));
  if (arn === undefined) return undefined;
  const { Service } = await client.send(new DescribeServiceCommand({ ServiceArn: arn }));
  if (Service === undefined) throw new CommandError(`App Runner does not describe ${arn}`);
  const last = await lastOperation(client, arn);
  const status = Service.Status ?? 'unknown';
  return {
    compute: 'apprunner',
    url: `https://${Service.ServiceUrl}`,
    arn,
    image: Service.SourceConfiguration?.ImageRepository?.ImageIdentifier ?? 'no image',
    status,
    steady: status === 'RUNNING',
    changing: status === 'OPERATION_IN_PROGRESS',
    ...(last === undefined ? {} : { last }),
    logGroup: `/aws/apprunner/${Service.ServiceName}/${Service.ServiceId}/application`,
  };
}

async function arnOfService(client: AppRunnerClient, name: string): Promise<string | undefined> {
  for await (const { ServiceSummaryList = [] } of paginateListServices({ client }, {})) {
    const found = ServiceSummaryList.find(
      ({ ServiceName, Status }) => ServiceName === name && Status !== 'DELETED',
    );
    if (found !== undefined) return found.ServiceArn;
  }
  return undefined;
}

async function lastOperation(client: AppRunnerClient, arn: string): Promise<Operation | undefined> {
  const { OperationSummaryList = [] } = await client.send(new ListOperationsCommand({ ServiceArn: arn }));
  const [newest] = OperationSummaryList.map(({ Type = 'operation', Status = 'unknown', StartedAt }) => ({
    kind: Type,
    status: Status,
    succeeded: Status === 'SUCCEEDED',
    rolledBack: Status === 'ROLLBACK_SUCCEEDED',
    startedAt: StartedAt,
  })).sort(newestFirst);
  return newest;
}
