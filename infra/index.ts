/** The Pulumi program. `shared` is what an account has once; `staging` and `production` run the service. */
import * as pulumi from '@pulumi/pulumi';
import { environment } from './environment.ts';
import { isEnvironment } from './settings/read.ts';
import { settingsOfStack } from './settings.ts';
import { shared } from './shared.ts';

/** Answers the outputs of the stack. */
export default async function program(): Promise<Record<string, unknown>> {
  await pulumi.requirePulumiVersion('>=3.200.0');
  const settings = settingsOfStack();
  return isEnvironment(settings) ? environment(settings) : shared(settings);
}
