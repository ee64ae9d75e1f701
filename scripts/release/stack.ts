import { ENVIRONMENT_KEYS } from '../../infra/settings/environment.ts';
import { readConfiguration } from '../plan/stack-file.ts';
import type { Door } from './door.ts';

/** Which of the two computes the stack's file chooses. */
export function computeOf(stack: string): Door['compute'] {
  const { config } = readConfiguration(stack);
  return config['ansari-whatsapp:compute'] === 'ecs-express' ? 'ecs-express' : 'apprunner';
}

/** Days that the stack's logs are kept. */
export function logRetentionOf(stack: string): number {
  const { config } = readConfiguration(stack);
  return ENVIRONMENT_KEYS.shape.logRetentionDays.parse(config['ansari-whatsapp:logRetentionDays']);
}
