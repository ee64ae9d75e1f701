/** The options of `add` and `set` for what a business has. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CommandError, UsageError } from '../errors.ts';
import { readSecret, readSecrets, requireOneStandardInput } from '../subcommands/secret-input.ts';

export const CHANGE_OPTIONS = {
  name: { type: 'string' },
  number: { type: 'string', multiple: true },
  subdomain: { type: 'string' },
  waba: { type: 'string' },
  'token-file': { type: 'string' },
  'token-expires': { type: 'string' },
  'app-secret-file': { type: 'string' },
  'api-key-file': { type: 'string' },
  'settings-file': { type: 'string' },
} as const;

export const CHANGE_HELP = `  --name <text>                its name
  --number <id>                a phone number id of Meta (digits); once for each number
  --subdomain <word>           small letters, digits and hyphens
  --waba <id>                  the id of its WhatsApp Business Account
  --token-file <file>          its access token; "-" for standard input
  --token-expires <time>       when the token expires, ISO 8601, such as 2027-01-31T00:00:00Z; default: never
  --app-secret-file <file>     the secrets of its own app at Meta, one in a line; default: the app of the deployment
  --settings-file <file>       a JSON object: assistant {kind, url, model, instructions}, language, phrases,
                               underMaintenance, aiNotice, template, retentionHours, questionsPerPersonPerDay,
                               concurrency, turnsPerMinute.
                               What is not in it stays; null restores the deployment's own value
  --api-key-file <file>        the key of its own assistant`;

export type ChangeValues = {
  readonly [Name in keyof typeof CHANGE_OPTIONS]?: (Name extends 'number' ? string[] : string) | undefined;
} & { readonly 'admin-token-file'?: string | undefined };

/** Values that the options name, checked, with secrets in the clear. */
export interface Changes {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly token?: string;
  readonly appSecrets?: readonly string[];
  readonly apiKey?: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Throws `UsageError` for a wrong option, and `CommandError` for a file that cannot be used. */
export async function readChanges(values: ChangeValues): Promise<Changes> {
  const { name, number: numbers, subdomain: subDomain, waba: wabaId } = values;
  const {
    'token-file': token,
    'app-secret-file': secrets,
    'api-key-file': key,
    'settings-file': settings,
  } = values;
  requireOneStandardInput(token, secrets, key, values['admin-token-file']);
  for (const number of numbers ?? []) requireDigits('--number', number);
  if (wabaId !== undefined) requireDigits('--waba', wabaId);
  if (name?.trim() === '') throw new UsageError('--name is empty.');
  if (subDomain !== undefined && !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(subDomain))
    throw new UsageError(
      '--subdomain is 1 to 63 small letters, digits and hyphens, without a hyphen at its ends.',
    );
  const expires = values['token-expires'];
  return {
    fields: {
      ...(name !== undefined && { name: name.trim() }),
      ...(numbers !== undefined && { whatsappPhoneNumberIds: [...new Set(numbers)] }),
      ...(subDomain !== undefined && { subDomain }),
      ...(wabaId !== undefined && { wabaId }),
      // The date of the token before would be wrong for a new one.
      ...(token !== undefined && { whatsappTokenExpiresAt: null }),
      ...(expires !== undefined && { whatsappTokenExpiresAt: timeOf(expires) }),
    },
    settings: settings === undefined ? {} : await readSettingsFile(settings),
    ...(token !== undefined && { token: await readSecret('access token', token) }),
    ...(secrets !== undefined && { appSecrets: await readSecrets('app secret', secrets) }),
    ...(key !== undefined && { apiKey: await readSecret('API key', key) }),
  };
}

function requireDigits(option: string, value: string): void {
  // The value is not repeated: a phone number or a token may stand there.
  if (!/^\d{1,32}$/.test(value)) throw new UsageError(`${option} is an id of Meta in digits only.`);
}

function timeOf(text: string): Date {
  const parsed = z.iso.datetime({ offset: true }).safeParse(text);
  if (parsed.success) return new Date(parsed.data);
  throw new UsageError(
    '--token-expires is a time in ISO 8601 with its offset, such as 2027-01-31T00:00:00Z.',
  );
}

const settingsFile = z.record(z.string(), z.unknown());

async function readSettingsFile(file: string): Promise<Record<string, unknown>> {
  const content = await readFile(file, 'utf8').catch(() => {
    throw new CommandError('The file of --settings-file cannot be read.');
  });
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw new CommandError('The file of --settings-file is not JSON.');
  }
  const { data: settings } = settingsFile.safeParse(json);
  if (settings === undefined) throw new CommandError('The file of --settings-file is no JSON object.');
  const { assistant } = settings;
  const hasKey = typeof assistant === 'object' && assistant !== null && 'apiKey' in assistant;
  if ('appSecrets' in settings || hasKey)
    throw new CommandError(
      'The file of --settings-file holds secrets: give them with --app-secret-file and --api-key-file.',
    );
  return settings;
}
