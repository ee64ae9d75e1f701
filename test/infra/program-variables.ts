/** The variables that the programs of a recorded environment really get. */
import type { Program } from '#app/config/variable.ts';
import type { Recording } from '#infra/cli/plan/record.ts';
import { at } from './graph.ts';

/** Variables of the infrastructure: the value changes with the other variables, and no program reads it. */
const OWN = ['CONFIG_REVISION'];

/** Returns the names of the variables in the task definition, the service or the function of a program. */
export function variablesOf(recording: Recording, program: Program): string[] {
  const inputs = (type: string) => recording.resources.find((resource) => resource.type === type)?.inputs;
  const names =
    program === 'worker'
      ? Object.keys(Object(at(inputs('aws:lambda/function:Function'), 'environment', 'variables')))
      : [
          ...onAppRunner(inputs('aws:apprunner/service:Service')),
          ...onEcs(inputs('aws:ecs/expressGatewayService:ExpressGatewayService')),
        ];
  return names.filter((name) => !OWN.includes(name));
}

function onAppRunner(inputs: unknown): string[] {
  const configuration = at(inputs, 'sourceConfiguration', 'imageRepository', 'imageConfiguration');
  return ['runtimeEnvironmentSecrets', 'runtimeEnvironmentVariables'].flatMap((field) =>
    Object.keys(Object(at(configuration, field))),
  );
}

function onEcs(inputs: unknown): string[] {
  const entries = ['secrets', 'environments'].map((field) => at(inputs, 'primaryContainer', field));
  return entries.flatMap((list) =>
    Array.isArray(list) ? list.map((entry: unknown) => String(at(entry, 'name'))) : [],
  );
}
