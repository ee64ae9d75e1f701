/** Secrets that exist already, in Secrets Manager or Parameter Store, named by their ARN instead of a value. */
import type { Problems } from './problems.ts';

export interface SecretReference {
  /** As App Runner and ECS take it: the ARN, and `:<JSON key>::` for one field of a secret. */
  readonly valueFrom: string;
  /** The ARN of the secret or parameter, as policies name it. */
  readonly arn: string;
  /**
   * Its name for `ssm:GetParameters`, which also reads secrets (AWS Systems Manager user guide, "Referencing AWS Secrets
   * Manager secrets from Parameter Store parameters").
   */
  readonly parameter: string;
  readonly jsonKey?: string;
}

/** Secrets Manager appends a dash and six characters to the name (Secrets Manager user guide, "What's in a secret?"). */
const SECRET =
  /^(?<arn>arn:aws:secretsmanager:(?<region>[a-z0-9-]+):(?<account>\d{12}):secret:(?<name>[\w/+=.@-]+)-[A-Za-z0-9]{6})(?::(?<jsonKey>[\w.-]+)::)?$/;
const PARAMETER =
  /^(?<arn>arn:aws:ssm:(?<region>[a-z0-9-]+):(?<account>\d{12}):parameter\/(?<name>[\w./-]+))$/;

export const SECRETS_PATH = '/aws/reference/secretsmanager/';

const FORM =
  'must be the whole ARN of a secret (arn:aws:secretsmanager:<region>:<account>:secret:<name>-<6 characters>, with :<JSON key>:: for one field) or of a parameter';

/** Returns the reference, or why there is none, as the end of a sentence. */
export function secretReference(
  valueFrom: string,
  place: { readonly region: string; readonly account: string | undefined },
): SecretReference | string {
  const secret = SECRET.exec(valueFrom)?.groups;
  const found = secret ?? PARAMETER.exec(valueFrom)?.groups;
  if (found === undefined) return FORM;
  const { arn = '', region, account, name = '', jsonKey } = found;
  if (region !== place.region) return `is in ${region}, and the stack in ${place.region}`;
  if (place.account !== undefined && account !== place.account)
    return `is in account ${account}, and the stack in ${place.account}`;
  if (secret === undefined) return { valueFrom, arn, parameter: name.includes('/') ? `/${name}` : name };
  const parameter = `${SECRETS_PATH}${name}`;
  return { valueFrom, arn, parameter, ...(jsonKey === undefined ? {} : { jsonKey }) };
}

/**
 * Returns a parameter as the value of a variable that `app/worker/parameters.ts` resolves: `ssm:` and its name, and after a `#`
 * the field of a JSON object.
 */
export function parameterReference(name: string, jsonKey?: string): string {
  return jsonKey === undefined ? `ssm:${name}` : `ssm:${name}#${jsonKey}`;
}

/** Returns the references by variable. Adds the problems of those that are none. */
export function readReferences(
  arns: Readonly<Record<string, string>>,
  place: { readonly region: string; readonly account: string | undefined },
  problems: Problems,
): Readonly<Record<string, SecretReference>> {
  const references: Record<string, SecretReference> = {};
  for (const [variable, arn] of Object.entries(arns)) {
    const read = secretReference(arn, place);
    if (typeof read === 'string')
      problems.add(`secretReferences.${variable} ${read}`, problems.setReference(variable));
    else references[variable] = read;
  }
  return references;
}

/**
 * Returns the command for each ARN that the permissions boundary of the environment does not allow: its roles could be
 * created, and would read nothing.
 */
export function notAllowed(
  { stack, arns }: { readonly stack: string; readonly arns: readonly string[] },
  allowed: readonly string[],
  sharedStack: string,
): readonly { readonly message: string; readonly fix: string }[] {
  return [...new Set(arns)]
    .filter((arn) => !allowed.includes(arn))
    .map((arn, index) => ({
      message: `${arn} is not among the secrets and keys that ${stack} may read`,
      fix: `pulumi config set --path '${stack}SecretArns[${allowed.length + index}]' ${arn} --stack ${sharedStack} && pulumi up --stack ${sharedStack}`,
    }));
}
