import { MissingParameters, withParameters } from '../../app/worker/parameters.ts';
import { regionOf } from '../../infra/cli/release/stack.ts';
import { stackReferences } from '../../infra/cli/release/stack-parameters.ts';
import type { EnvironmentName } from '../../infra/names.ts';
import { CommandError } from '../errors.ts';
import type { Source } from './source.ts';

/** The parameters of a stack. Without `.env`: what this machine is configured for must not stand in for the stack. */
export function stackSource(stack: EnvironmentName): Source {
  const region = regionOf(stack);
  return {
    region,
    async read(variables, BUSINESSES) {
      const names = Object.keys(variables).filter((name) => name !== 'DEPLOYMENT_TYPE');
      const values = await withParameters(stackReferences(stack, names), { region }).catch(explain);
      return { ...values, BUSINESSES, DEPLOYMENT_TYPE: stack };
    },
  };
}

function explain(error: unknown): never {
  if (error instanceof MissingParameters) throw new CommandError(error.message, { cause: error });
  throw error;
}
