/** Records every stack with every compute once, for all files of this folder. */
import type { TestProject } from 'vitest/node';
import { type Recording, record } from '../../scripts/plan/record.ts';
import { ENCRYPTED, environmentConfig, SHARED_CONFIG } from './configurations.ts';

export type Name = 'shared' | `${'staging' | 'production'} on ${'apprunner' | 'ecs-express'}`;

declare module 'vitest' {
  interface ProvidedContext {
    recordings: Readonly<Record<Name, Recording>>;
  }
}

export default async function recordAll(project: TestProject): Promise<void> {
  const shared = await record({ stack: 'shared', config: SHARED_CONFIG });
  const environment = (stack: 'staging' | 'production', compute: 'apprunner' | 'ecs-express') =>
    record({
      stack,
      config: environmentConfig({
        compute,
        alarmEmail: 'operators@example.org',
        ...(compute === 'apprunner' ? { tracing: 'true', domain: 'whatsapp.example.org' } : {}),
      }),
      encrypted: ENCRYPTED,
      references: { shared: shared.outputs },
    });
  project.provide('recordings', {
    shared,
    'staging on apprunner': await environment('staging', 'apprunner'),
    'staging on ecs-express': await environment('staging', 'ecs-express'),
    'production on apprunner': await environment('production', 'apprunner'),
    'production on ecs-express': await environment('production', 'ecs-express'),
  });
}
