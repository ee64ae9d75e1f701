import { MissingParameters, withParameters } from '../../app/worker/parameters.ts';
import { regionOf } from '../../infra/cli/release/stack.ts';
import { type EnvironmentName, parametersPath } from '../../infra/names.ts';
import { kebabCase } from '../../infra/variables.ts';
import { CommandError } from '../errors.ts';
import type { Source } from './source.ts';

/** The parameters of a stack. Without `.env`: what this machine is configured for must not stand in for the stack. */
export function stackSource(stack: EnvironmentName): Source {
  const region = regionOf(stack);
  return {
    region,
    async read(variables, BUSINESSES) {
      const references = Object.keys(variables)
        .filter((name) => name !== 'DEPLOYMENT_TYPE')
        .map((name) => [name, `ssm:${parametersPath(stack)}/${kebabCase(name)}`]);
      const values = await withParameters(Object.fromEntries(references), { region }).catch(explain);
      return { ...values, BUSINESSES, DEPLOYMENT_TYPE: stack };
    },
  };
}

function explain(error: unknown): never {
  if (error instanceof MissingParameters) throw new CommandError(error.message, { cause: error });
  throw error;
}
