/** The Pulumi program. `shared` is what an account has once; `staging` and `production` run the service. */
import { environment } from './environment.ts';
import { requireAccount, requirePulumi } from './preconditions.ts';
import { isEnvironment } from './settings/read.ts';
import { settingsOfStack } from './settings.ts';
import { shared } from './shared.ts';

/** Resolves to the outputs of the stack. */
export default async function program(): Promise<Record<string, unknown>> {
  await requirePulumi();
  const settings = settingsOfStack();
  await requireAccount(settings);
  return isEnvironment(settings) ? environment(settings) : shared(settings);
}
