/**
 * How access is granted. A component that owns a resource returns grants from getters that are named for their use: the
 * variables that a user of the resource needs, and the IAM statements. No policy is written anywhere else.
 */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

type Condition = Readonly<
  Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>
>;

/** One IAM statement. The plan prints `Sid`, so it says what is allowed: `SendWakeUps`. */
export interface Statement {
  readonly Sid: string;
  /** Absent: `Allow`. */
  readonly Effect?: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Condition;
}

/** A statement of a resource policy: it also names its principal. */
export interface ResourceStatement extends Omit<Statement, 'Resource'> {
  readonly Principal: '*' | Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>;
  readonly Resource?: Statement['Resource'];
}

export interface Grant {
  /** Variables of the application, by name. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statements: readonly Statement[];
}

/** A policy document as JSON. Statements allow unless they say otherwise. */
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

/** Denies requests without TLS. Part of every policy of a queue or topic. */
export function onlyOverTls(action: string, resource: pulumi.Input<string>): ResourceStatement {
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
  /** Only for this account, where the service says which account it acts for. */
  readonly onlyFor?: pulumi.Input<string>;
  readonly boundary?: pulumi.Input<string>;
  readonly grants: readonly Grant[];
}

/**
 * A role that one AWS service takes, with the rights of its grants, and nothing else. A role within a boundary is
 * replaced when its trust policy changes: deployments may not change who can assume a role, or one could grant another
 * account access that outlasts the deployment.
 */
export function roleFor(
  name: string,
  role: RoleFor,
  options: pulumi.CustomResourceOptions,
): { readonly role: aws.iam.Role; readonly rights: aws.iam.RolePolicy } {
  const made = new aws.iam.Role(
    name,
    {
      name: role.name,
      description: role.description,
      assumeRolePolicy: policy([trust(role.service, role.onlyFor)]),
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
  const rights = new aws.iam.RolePolicy(
    name,
    { role: made.name, name: 'rights', policy: policy(statementsOf(role.grants)) },
    { ...options, parent: made },
  );
  return { role: made, rights };
}

export function trust(service: string, account?: pulumi.Input<string>): ResourceStatement {
  return {
    Sid: 'Take',
    Principal: { Service: service },
    Action: ['sts:AssumeRole'],
    ...(account === undefined ? {} : { Condition: { StringEquals: { 'aws:SourceAccount': account } } }),
  };
}
