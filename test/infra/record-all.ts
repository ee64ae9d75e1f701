/** Records every stack with every compute once, for all files of this folder. */
import type { TestProject } from 'vitest/node';
import { type Recording, record } from '#infra/cli/plan/record.ts';
import { ENCRYPTED, environmentConfig, MANY_BUSINESSES, SHARED_CONFIG, WITH_ALL } from './configurations.ts';

export type Name =
  | 'shared'
  | 'staging with fargate'
  /** App Runner and Lambda. */
  | 'staging with mongodb'
  /** ECS Express Mode and tasks. */
  | 'production with mongodb'
  | `${'staging' | 'production'} on ${'apprunner' | 'ecs-express'}`;

declare module 'vitest' {
  interface ProvidedContext {
    recordings: Readonly<Record<Name, Recording>>;
  }
}

export default async function recordAll(project: TestProject): Promise<void> {
  const shared = await record({ stack: 'shared', config: SHARED_CONFIG });
  const environment = (
    stack: 'staging' | 'production',
    compute: 'apprunner' | 'ecs-express',
    more: Readonly<Record<string, string | undefined>> = {},
  ) =>
    record({
      stack,
      config: environmentConfig({ compute, ...WITH_ALL[compute], ...more }),
      encrypted: ENCRYPTED,
      references: { shared: shared.outputs },
    });
  const [staging, stagingOnEcs] = await Promise.all([
    environment('staging', 'apprunner'),
    environment('staging', 'ecs-express'),
  ]);
  const environmentOfMany = JSON.stringify(MANY_BUSINESSES.plain);
  const many = { ...MANY_BUSINESSES.keys, environment: environmentOfMany };
  const [production, productionOnEcs, stagingWithFargate, stagingWithMany, productionWithMany] =
    await Promise.all([
      environment('production', 'apprunner'),
      environment('production', 'ecs-express'),
      environment('staging', 'apprunner', { worker: 'fargate' }),
      environment('staging', 'apprunner', many),
      environment('production', 'ecs-express', { ...many, worker: 'fargate' }),
    ]);
  project.provide('recordings', {
    shared,
    'staging on apprunner': staging,
    'staging on ecs-express': stagingOnEcs,
    'staging with fargate': stagingWithFargate,
    'staging with mongodb': stagingWithMany,
    'production with mongodb': productionWithMany,
    'production on apprunner': production,
    'production on ecs-express': productionOnEcs,
  });
}
