/**
 * Grants. A component that owns a resource has getters that return grants, each named for its use: the variables that a
 * user of the resource needs, and the IAM statements. No policy is written anywhere else.
 */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

type Condition = Readonly<
  Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>
>;

/** One statement of an identity-based policy. The plan prints `Sid`, so it says what is allowed: `SendWakeUps`. */
export interface Statement {
  readonly Sid: string;
  /** Absent: `Allow`. */
  readonly Effect?: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Condition;
}

/** A statement of a resource-based policy: it also names its principal. */
export interface ResourceStatement extends Omit<Statement, 'Resource'> {
  readonly Principal: '*' | Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>;
  readonly Resource?: Statement['Resource'];
}

export interface Grant {
  /** Variables of the application, by name. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statements: readonly Statement[];
}

/** Returns a policy document as JSON. The effect of a statement is `Allow` unless it has another one. */
export function policy(statements: readonly (Statement | ResourceStatement)[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
  });
}

export function statementsOf(grants: readonly Grant[]): Statement[] {
  return grants.flatMap((grant) => grant.statements);
}

export function variablesOf(grants: readonly Grant[]): Record<string, pulumi.Input<string>> {
  return Object.assign({}, ...grants.map((grant) => grant.variables));
}

/** Denies requests without TLS. Every resource-based policy of a queue or topic has this statement. */
export function denyWithoutTls(action: string, resource: pulumi.Input<string>): ResourceStatement {
  return {
    Sid: 'RefuseWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: [action],
    Resource: resource,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

export interface RoleFor {
  readonly name: string;
  readonly description: string;
  /** The AWS service that assumes the role: `lambda.amazonaws.com`. */
  readonly service: string;
  /** The value of the condition `aws:SourceAccount`, for services that send it. */
  readonly sourceAccount?: pulumi.Input<string>;
  readonly boundary?: pulumi.Input<string>;
  readonly grants: readonly Grant[];
}

/**
 * Creates a role that one AWS service assumes, with exactly the permissions of its grants. A role with a permissions
 * boundary is replaced when its trust policy changes: if deployments could change who may assume a role, one could grant
 * another account access that outlasts the deployment.
 */
export function roleFor(
  name: string,
  role: RoleFor,
  options: pulumi.CustomResourceOptions,
): { readonly role: aws.iam.Role; readonly rolePolicy: aws.iam.RolePolicy } {
  const made = new aws.iam.Role(
    name,
    {
      name: role.name,
      description: role.description,
      assumeRolePolicy: policy([trustStatement(role.service, role.sourceAccount)]),
      ...(role.boundary === undefined ? {} : { permissionsBoundary: role.boundary }),
    },
    {
      ...options,
      // Two roles cannot have one name.
      ...(role.boundary === undefined
        ? {}
        : { replaceOnChanges: ['assumeRolePolicy'], deleteBeforeReplace: true }),
    },
  );
  const rolePolicy = new aws.iam.RolePolicy(
    name,
    { role: made.name, name: 'rights', policy: policy(statementsOf(role.grants)) },
    { ...options, parent: made },
  );
  return { role: made, rolePolicy };
}

export function trustStatement(service: string, account?: pulumi.Input<string>): ResourceStatement {
  return {
    Sid: 'Take',
    Principal: { Service: service },
    Action: ['sts:AssumeRole'],
    ...(account === undefined ? {} : { Condition: { StringEquals: { 'aws:SourceAccount': account } } }),
  };
}
