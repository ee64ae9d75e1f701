/** Checks at Twilio for a stack that has it. */
import { unpackSecrets } from '../../../app/config/secret-shapes.ts';
import { plainVariables } from '../plan/stack-file.ts';
import { type Finding, skipped } from '../release/checks.ts';
import { referencedSecrets } from '../release/stack-parameters.ts';
import type { WebService } from '../release/web-service.ts';
import type { StackConfig } from './meta-of-stack.ts';
import { secretOf } from './secret-of.ts';
import { checkTwilio } from './twilio.ts';

/** Resolves to no findings for a stack without Twilio. */
export async function checkTwilioOfStack(
  { stack, environment, missing, secrets, hasPulumi }: StackConfig,
  domain: string | undefined,
  webService: WebService | undefined,
): Promise<Finding[]> {
  const plain = plainVariables(environment) ?? {};
  const variable = (name: string) => (missing.includes(name) ? undefined : plain[name]);
  const number = variable('TWILIO_WHATSAPP_NUMBER');
  const name = 'TWILIO_AUTH_TOKEN';
  const account = 'TWILIO_ACCOUNT_SID';
  const referring = referencedSecrets(stack);
  const isNamed = [name, account].some((one) => one in referring);
  if (number === undefined && plain[account] === undefined && !secrets.includes(name) && !isNamed) return [];
  const token = missing.includes(name) ? undefined : await secretOf(stack, name, hasPulumi);
  const { values } = unpackSecrets({
    [name]: token,
    [account]: account in referring ? await secretOf(stack, account, hasPulumi) : variable(account),
  });
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = values;
  if (accountSid === undefined || authToken === undefined || number === undefined) {
    const set = ['TWILIO_ACCOUNT_SID', 'TWILIO_WHATSAPP_NUMBER'].map(
      (one) => `pulumi config set --path environment.${one} <value> --stack ${stack}`,
    );
    const message = 'account, token or number cannot be read';
    return [
      skipped('twilio', message, [...set, `pulumi config set --secret ${name} --stack ${stack}`].join('\n')),
    ];
  }
  const apiUrl = plain.TWILIO_API_URL ?? 'https://api.twilio.com';
  return checkTwilio({
    apiUrl,
    // Another address stands for all of Twilio.
    messagingUrl: plain.TWILIO_API_URL ?? 'https://messaging.twilio.com',
    accountSid,
    authToken,
    number,
    publicUrl: variable('PUBLIC_URL') ?? (domain === undefined ? webService?.url : `https://${domain}`),
    stack,
  });
}
