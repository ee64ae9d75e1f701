/** The secrets and keys that a stack refers to. */
import { secretReference } from '../../settings/secret-reference.ts';
import { lenientTextMap, secretArns } from '../../settings/shapes.ts';

/** Returns their ARNs. What is no ARN is left out: `checkSettings` reports it. */
export function referencedArns(
  configValue: (key: string) => string | undefined,
  region: string,
): readonly string[] {
  const named = lenientTextMap.safeParse(configValue('secretReferences') ?? '{}').data ?? {};
  const arns = Object.values(named).flatMap((text) => {
    const reference = secretReference(text, { region, account: undefined });
    return typeof reference === 'string' ? [] : [reference.arn];
  });
  return arns.length === 0
    ? []
    : [...arns, ...(secretArns.safeParse(configValue('secretKeyArns')).data ?? [])];
}
