/** Holds the application's table of variables against what the infrastructure delivers. */
import { NOT_IN_AWS, VARIABLES } from '../../infra/variables.ts';
import type { Recording } from '../../scripts/plan/record.ts';
import { at } from './graph.ts';

export interface KnownVariable {
  readonly name: string;
  readonly secret: boolean;
}

/** The infrastructure's own: it changes when a variable does, and nobody reads it. */
const OWN = ['CONFIG_REVISION'];

/** Every difference between the two tables, as a sentence. */
export function differences(known: readonly KnownVariable[]): string[] {
  const ours = new Map(VARIABLES.map((variable) => [variable.name, variable]));
  const theirs = new Map(known.map((variable) => [variable.name, variable]));
  return [
    ...known
      .filter(({ name }) => !ours.has(name) && !NOT_IN_AWS.includes(name))
      .map(({ name }) => `${name} is known to the application and not to infra/variables.ts`),
    ...VARIABLES.filter(({ name }) => !theirs.has(name)).map(
      ({ name }) => `${name} is not known to the application`,
    ),
    ...VARIABLES.filter(({ name, secret }) => theirs.has(name) && theirs.get(name)?.secret !== secret).map(
      ({ name }) => `${name} is a secret on one side only`,
    ),
  ];
}

/** The variables that a program of a recorded environment really gets. */
export function delivered(recording: Recording, program: 'door' | 'worker'): string[] {
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
