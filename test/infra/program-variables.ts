/** The variables that the programs of a recorded environment really get. */
import type { Program } from '#app/config/variable.ts';
import type { Recording } from '#infra/cli/plan/record.ts';
import { at } from './graph.ts';

/** Variables of the infrastructure: the value changes with the other variables, and no program reads it. */
const OWN = ['CONFIG_REVISION', 'PARAMETERS_PATH'];

/** Returns the names of the variables in the task definition, the service or the function of a program. */
export function variablesOf(recording: Recording, program: Program): string[] {
  const inputs = (type: string) => recording.resources.find((resource) => resource.type === type)?.inputs;
  const names =
    program === 'worker'
      ? [
          ...Object.keys(Object(at(inputs('aws:lambda/function:Function'), 'environment', 'variables'))),
          ...inTasks(inputs('aws:ecs/taskDefinition:TaskDefinition')),
        ]
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

function inTasks(inputs: unknown): string[] {
  const [container]: unknown[] = JSON.parse(String(at(inputs, 'containerDefinitions') ?? '[]'));
  return namesIn(container);
}

function onEcs(inputs: unknown): string[] {
  return namesIn(at(inputs, 'primaryContainer'));
}

/** Express Mode calls them `environments`, a container `environment`. */
function namesIn(container: unknown): string[] {
  const entries = ['secrets', 'environments', 'environment'].map((field) => at(container, field));
  return entries.flatMap((list) =>
    Array.isArray(list) ? list.map((entry: unknown) => String(at(entry, 'name'))) : [],
  );
}
