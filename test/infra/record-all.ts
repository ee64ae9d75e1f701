/** Records every stack with every compute once, for all files of this folder. */
import type { TestProject } from 'vitest/node';
import { type Recording, record } from '#infra/cli/plan/record.ts';
import { ENCRYPTED, environmentConfig, SHARED_CONFIG, WITH_ALL } from './configurations.ts';

export type Name =
  | 'shared'
  | 'staging with fargate'
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
    more: Readonly<Record<string, string>> = {},
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
  const [production, productionOnEcs, stagingWithFargate] = await Promise.all([
    environment('production', 'apprunner'),
    environment('production', 'ecs-express'),
    environment('staging', 'apprunner', { worker: 'fargate' }),
  ]);
  project.provide('recordings', {
    shared,
    'staging on apprunner': staging,
    'staging on ecs-express': stagingOnEcs,
    'staging with fargate': stagingWithFargate,
    'production on apprunner': production,
    'production on ecs-express': productionOnEcs,
  });
}
