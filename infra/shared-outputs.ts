import * as pulumi from '@pulumi/pulumi';
import * as z from 'zod';
import { type EnvironmentName, PROJECT } from './names.ts';

/** The outputs of the shared stack that the environments of its account use. */
export interface SharedOutputs {
  readonly repositoryUrl: pulumi.Output<string>;
  readonly repositoryArn: pulumi.Output<string>;
  readonly accessRoleArn: pulumi.Output<string>;
  readonly infrastructureRoleArn: pulumi.Output<string>;
  readonly alarmTopicArn: pulumi.Output<string>;
  readonly runbookUrl: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;
  readonly boundaryArn: pulumi.Output<string>;
  /** Roles of an operator that a deployment may pass. */
  readonly passableRoleArns: readonly string[];
  /** Secrets, parameters and keys that the boundary of the environment allows. */
  readonly secretArns: readonly string[];
}

/** None, when `shared` is older than the key. */
const texts = z.array(z.string()).default([]);

/** Fails in the preview already, before any resource, when the shared stack is not up. */
export async function sharedOutputs(
  environment: EnvironmentName,
  sharedStack: string,
): Promise<SharedOutputs> {
  const shared = new pulumi.StackReference(`${pulumi.getOrganization()}/${PROJECT}/${sharedStack}`);
  await shared.getOutputDetails('repositoryUrl').catch((error: Error) => {
    throw new pulumi.RunError(
      `nothing was created, since the stack ${sharedStack} is not there: pulumi up --stack ${sharedStack}\n  ${error.message}`,
    );
  });
  const text = (name: string) =>
    shared.requireOutput(name).apply((value) => expectText(sharedStack, name, value));
  const ofEnvironment = (name: string) =>
    shared.requireOutput(name).apply((value) => {
      if (Object(value)[environment] === undefined)
        throw new pulumi.RunError(elsewhere(environment, sharedStack));
      return expectText(sharedStack, name, Object(value)[environment]);
    });
  return {
    repositoryUrl: text('repositoryUrl'),
    repositoryArn: text('repositoryArn'),
    accessRoleArn: text('accessRoleArn'),
    infrastructureRoleArn: text('infrastructureRoleArn'),
    alarmTopicArn: ofEnvironment('alarmTopicArns'),
    runbookUrl: text('runbookUrl'),
    keyArn: ofEnvironment('keyArns'),
    boundaryArn: ofEnvironment('boundaryArns'),
    passableRoleArns: texts.parse((await shared.getOutputDetails('passableRoleArns')).value),
    secretArns: texts.parse(Object((await shared.getOutputDetails('secretArns')).value)[environment]),
  };
}

function elsewhere(environment: EnvironmentName, sharedStack: string): string {
  return `${environment} is not among the environments of stack ${sharedStack}: name another one with pulumi config set sharedStack <stack> --stack ${environment}, or add it there and pulumi up --stack ${sharedStack}`;
}

function expectText(sharedStack: string, name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new pulumi.RunError(
    `stack ${sharedStack} has no output ${name}: bring it up to date with pulumi up --stack ${sharedStack}`,
  );
}
