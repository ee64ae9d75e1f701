import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { fingerprintOfPlain, fingerprintOfSecret, revisionOf } from './fingerprint.ts';
import type { Grant, Statement } from './grant.ts';
import { type EnvironmentName, parametersPath } from './names.ts';
import { readingStatements } from './secret-references.ts';
import type { SecretReference } from './settings/secret-reference.ts';
import { kebabCase, type Program, VARIABLES } from './variables.ts';

export interface ParametersArgs {
  readonly environment: EnvironmentName;
  /** The key that encrypts the secrets. */
  readonly keyArn: pulumi.Input<string>;
  /** Plain variables, by name. */
  readonly plain: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secret variables, by name. */
  readonly secret: Readonly<Record<string, pulumi.Output<string>>>;
  /** Secrets that exist already, by variable: they have no parameter here. */
  readonly references: Readonly<Record<string, SecretReference>>;
  /** The keys that encrypt those, where they are not the keys of AWS. */
  readonly referenceKeyArns: readonly string[];
  readonly region: string;
}

/** Where a program reads a variable. */
interface Source {
  /** As App Runner and ECS take it. */
  readonly arn: pulumi.Input<string>;
  /** Its name in Parameter Store. */
  readonly name: string;
  /** The field, where the value is a JSON object of which one field is meant. */
  readonly jsonKey?: string;
}

/** What a program gets: where its variables are, the permission to read exactly these, and a revision that changes with them. */
export interface Reading extends Grant {
  readonly parameters: Readonly<Record<string, Source>>;
  /** Where the environment's own parameters are, without a slash at the end. */
  readonly path: string;
}

/**
 * One parameter for each variable of the environment. Secrets are SecureStrings, handed over write-only: the provider
 * writes none into the state, where Pulumi itself keeps them only encrypted, as it does in the configuration. A
 * parameter that exists already, created by hand or by an `up` that was killed, is overwritten.
 */
export class Parameters extends pulumi.ComponentResource {
  readonly #args: ParametersArgs;
  readonly #parameters = new Map<string, aws.ssm.Parameter>();
  readonly #fingerprints = new Map<string, pulumi.Output<number>>();

  constructor(name: string, args: ParametersArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:Parameters', name, {}, options);
    this.#args = args;
    for (const [variable, value] of Object.entries(args.plain)) this.#plain(variable, value);
    for (const [variable, value] of Object.entries(args.secret)) this.#secret(variable, value);
    this.registerOutputs({ path: parametersPath(args.environment) });
  }

  /** For one of the two programs: only what it reads. */
  reading(program: Program): Reading {
    const readable = VARIABLES.filter(
      ({ name, readBy }) => readBy.includes(program) && this.#parameters.has(name),
    );
    const parameters: Record<string, Source> = {};
    const fingerprints: Record<string, pulumi.Output<number>> = {};
    for (const { name } of readable) {
      const parameter = this.#parameters.get(name);
      const changes = this.#fingerprints.get(name);
      if (parameter === undefined || changes === undefined) continue;
      parameters[name] = { arn: parameter.arn, name: this.#path(name) };
      fingerprints[name] = changes;
    }
    const references = this.#references(program);
    // A secret that changes behind its ARN is not noticed: nobody here may read it.
    for (const [name, { valueFrom }] of references)
      fingerprints[name] = pulumi.output(fingerprintOfPlain(valueFrom, this.#path(name)));
    const { referenceKeyArns, region } = this.#args;
    const arns = references.map(([, { arn }]) => arn);
    const keys = arns.length === 0 ? [] : referenceKeyArns;
    return {
      parameters: { ...parameters, ...Object.fromEntries(references.map(sourceOf)) },
      path: parametersPath(this.#args.environment),
      variables: { CONFIG_REVISION: pulumi.all(fingerprints).apply(revisionOf) },
      statements: [
        ...this.#rights(parameters),
        ...readingStatements([...new Set([...arns, ...keys])], region),
      ],
    };
  }

  #references(program: Program): readonly (readonly [string, SecretReference])[] {
    const { references } = this.#args;
    return VARIABLES.flatMap(({ name, readBy }) => {
      const reference = references[name];
      return reference === undefined || !readBy.includes(program) ? [] : [[name, reference] as const];
    });
  }

  #rights(parameters: Reading['parameters']): readonly Statement[] {
    const arns = (names: readonly string[]) => names.flatMap((name) => parameters[name]?.arn ?? []);
    const all = Object.keys(parameters);
    const encrypted = all.filter((name) => name in this.#args.secret);
    return [
      { Sid: 'ReadParameters', Action: ['ssm:GetParameters'], Resource: arns(all) },
      {
        Sid: 'DecryptParameters',
        Action: ['kms:Decrypt'],
        Resource: this.#args.keyArn,
        // Parameter Store names the parameter in the encryption context (KMS developer guide, "How AWS Systems Manager
        // Parameter Store uses AWS KMS"), so the key decrypts these parameters only.
        Condition: { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': arns(encrypted) } },
      },
    ];
  }

  #plain(variable: string, value: pulumi.Input<string>): void {
    this.#parameters.set(
      variable,
      new aws.ssm.Parameter(
        kebabCase(variable),
        { name: this.#path(variable), type: 'String', insecureValue: value, overwrite: true },
        { parent: this },
      ),
    );
    this.#fingerprints.set(
      variable,
      pulumi.output(value).apply((text) => fingerprintOfPlain(text, this.#path(variable))),
    );
  }

  #secret(variable: string, value: pulumi.Output<string>): void {
    const changes = pulumi.unsecret(value.apply((text) => fingerprintOfSecret(text, this.#path(variable))));
    this.#parameters.set(
      variable,
      new aws.ssm.Parameter(
        kebabCase(variable),
        {
          name: this.#path(variable),
          type: 'SecureString',
          keyId: this.#args.keyArn,
          valueWo: value,
          valueWoVersion: changes,
          overwrite: true,
        },
        { parent: this },
      ),
    );
    this.#fingerprints.set(variable, changes);
  }

  #path(variable: string): string {
    return `${parametersPath(this.#args.environment)}/${kebabCase(variable)}`;
  }
}

function sourceOf([variable, reference]: readonly [string, SecretReference]): [string, Source] {
  const { valueFrom, parameter, jsonKey } = reference;
  return [variable, { arn: valueFrom, name: parameter, ...(jsonKey === undefined ? {} : { jsonKey }) }];
}
