import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { onTestFinished, vi } from 'vitest';
import type { Command } from '#scripts/command.ts';
import { account } from '#scripts/meta/account.ts';
import { apps } from '#scripts/meta/apps.ts';
import { numbers } from '#scripts/meta/numbers.ts';
import { override } from '#scripts/meta/override.ts';
import { subscribe } from '#scripts/meta/subscribe.ts';
import { token } from '#scripts/meta/token.ts';
import { unsubscribe } from '#scripts/meta/unsubscribe.ts';
import { type FakeServer, fakeServer, type Seen } from '../../fakes/http-server.ts';

export const TOKEN = 'development-access-token';
export const SECRET = 'development-app-secret';
export const NUMBER = '100000000000001';
export const ACCOUNT = '200000000000002';
export const APP = '300000000000003';

export interface Ended {
  readonly code: number | undefined;
  readonly output: string;
}

const SUBCOMMANDS: Readonly<Record<string, (words: string[]) => Promise<Ended>>> = {
  ...{ account: entry(account), apps: entry(apps), numbers: entry(numbers), override: entry(override) },
  ...{ subscribe: entry(subscribe), token: entry(token), unsubscribe: entry(unsubscribe) },
};

/** Runs a subcommand in this process against a Graph API. Rejects as the subcommand does. */
export async function meta(
  { url }: { readonly url: string },
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  // An empty value counts as none, and keeps that of a `.env` away.
  const all = {
    ...{ DEPLOYMENT_TYPE: 'local', META_API_URL: url, META_API_VERSION: 'v25.0', META_WABA_ID: '' },
    ...{ META_BUSINESS_PHONE_NUMBER_ID: NUMBER, META_ACCESS_TOKEN_FROM_SYS_USER: TOKEN },
    ...{ META_APP_SECRET: SECRET, META_WEBHOOK_VERIFY_TOKEN: 'development-verify-token' },
    ...environment,
  };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const run = SUBCOMMANDS[words[0] ?? ''];
  if (run === undefined) throw new Error(`no subcommand ${words[0]}`);
  return run([...words]);
}

function entry<Options extends ParseArgsOptionsConfig>(command: Command<Options>) {
  return async (args: string[]): Promise<Ended> => {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: command.options });
    const lines: string[] = [];
    const code = await command.run({ values, args: positionals, print: (line) => lines.push(line) });
    return { code, output: lines.join('\n') };
  };
}

/** Returns the message of the error that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  return error instanceof Error ? error.message : String(error);
}

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A Graph API that gives the answer of the test; undefined: an error of Graph. */
export async function startGraph(answer: (request: Seen, path: string) => Answer | undefined) {
  const server: FakeServer = await fakeServer((response, request) => {
    const path = new URL(request.url, 'http://graph').pathname.replace(/^\/v25\.0\//, '');
    const {
      status = 200,
      body,
      headers,
    } = answer(request, path) ?? {
      status: 400,
      body: { error: { code: 1, message: `(#1) nothing at ${path}` } },
    };
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  onTestFinished(() => server.close());
  return server;
}

/** The body of `debug_token`, with the fields of Meta's documentation and invented values. */
export function tokenBody(change: object = {}) {
  const scopes = ['whatsapp_business_management', 'whatsapp_business_messaging'];
  const common = { app_id: APP, application: 'Ansari', type: 'SYSTEM_USER', user_id: '600000000000006' };
  const times = { issued_at: 1_767_225_600, expires_at: 0, data_access_expires_at: 0 };
  const granular_scopes = scopes.map((scope) => ({ scope, target_ids: [ACCOUNT] }));
  return { data: { ...common, ...times, is_valid: true, scopes, granular_scopes, ...change } };
}
