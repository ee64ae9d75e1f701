/** Checks at Meta for a stack: of its one number. Another command checks the numbers in MongoDB. */
import { plainVariables } from '../plan/stack-file.ts';
import { type Finding, skipped } from '../release/checks.ts';
import type { WebService } from '../release/web-service.ts';
import { checkMeta } from './meta.ts';
import { secretOf } from './secret-of.ts';

export interface StackConfig {
  readonly stack: string;
  /** The key `environment` of the stack. */
  readonly environment: string | undefined;
  /** Variables without a value. */
  readonly missing: readonly string[];
  /** Names of the secrets that the stack has. */
  readonly secrets: readonly string[];
  readonly hasPulumi: boolean;
}

export async function checkMetaOfStack(
  stackConfig: StackConfig,
  webService: WebService | undefined,
): Promise<Finding[]> {
  const { stack, missing, hasPulumi } = stackConfig;
  const plain = plainVariables(stackConfig.environment) ?? {};
  const text = (name: string, otherwise: string) => plain[name] ?? otherwise;
  if (plain.BUSINESSES === 'mongodb') {
    const check = `npm run businesses -- check-tokens --stack ${stack}`;
    return [skipped('meta', 'the numbers and tokens are those of the businesses', check)];
  }
  const name = 'META_ACCESS_TOKEN_FROM_SYS_USER';
  const token = await secretOf(stack, name, hasPulumi);
  const number = 'META_BUSINESS_PHONE_NUMBER_ID';
  const phoneNumberId = missing.includes(number) ? undefined : plain[number];
  if (token === undefined || phoneNumberId === undefined) {
    const set = [
      `pulumi config set --secret ${name} --stack ${stack}`,
      `pulumi config set --path environment.${number} <value> --stack ${stack}`,
    ];
    return [skipped('meta', 'no token or no number is configured', set.join('\n'))];
  }
  return checkMeta({
    graphUrl: text('META_API_URL', 'https://graph.facebook.com'),
    version: text('META_API_VERSION', 'v25.0'),
    token,
    phoneNumberId,
    stack,
    now: Date.now,
    ...(webService === undefined ? {} : { webhookUrl: `${text('PUBLIC_URL', webService.url)}/whatsapp/v2` }),
  });
}
