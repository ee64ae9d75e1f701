/** The permissions to read secrets that exist already. */
import { arnOf, type Place } from './arn.ts';
import type { Statement } from './grant.ts';
import { SECRETS_PATH } from './settings/secret-reference.ts';

const isOf = (service: string) => (arn: string) => arn.startsWith(`arn:aws:${service}:`);

/**
 * Returns the statements for exactly these ARNs, which are those of secrets, of parameters, and of the keys that encrypt them.
 * Without a key: for those that the key `aws/secretsmanager` or `aws/ssm` encrypts, Secrets Manager and Parameter Store need
 * no permission of the caller's (API reference, GetSecretValue).
 */
export function readingStatements(arns: readonly string[], region: string): readonly Statement[] {
  const secrets = arns.filter(isOf('secretsmanager'));
  const parameters = arns.filter(isOf('ssm'));
  const keys = arns.filter(isOf('kms'));
  const services = ['secretsmanager', 'ssm'].map((service) => `${service}.${region}.amazonaws.com`);
  return [
    { Sid: 'ReadSecrets', Action: ['secretsmanager:GetSecretValue'], Resource: secrets },
    { Sid: 'ReadOtherParameters', Action: ['ssm:GetParameters'], Resource: parameters },
    {
      Sid: 'DecryptSecrets',
      Action: ['kms:Decrypt'],
      Resource: keys,
      Condition: { StringEquals: { 'kms:ViaService': services } },
    },
  ].filter(({ Resource }) => Resource.length > 0);
}

/** For a program that reads secrets by their names in Parameter Store: Parameter Store checks both permissions. */
export function namingStatements(names: readonly string[], place: Place): readonly Statement[] {
  const secrets = new Set(names.filter((name) => name.startsWith(SECRETS_PATH)));
  if (secrets.size === 0) return [];
  const Resource = [...secrets].map((name) => arnOf(place, 'ssm', `parameter${name}`));
  return [{ Sid: 'NameSecrets', Action: ['ssm:GetParameters'], Resource }];
}

/** Returns the names in Parameter Store of those that are secrets. */
export function namesIn(arns: readonly string[]): readonly string[] {
  return arns
    .filter(isOf('secretsmanager'))
    .map((arn) => `${SECRETS_PATH}${arn.split(':').at(-1)?.slice(0, -7)}`);
}
