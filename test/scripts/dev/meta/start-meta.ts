import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { SimulatorOptions } from '#scripts/simulator/options.ts';
import { createSimulator } from '#scripts/simulator/simulator.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { startWebhookApp } from '../../../fakes/webhook-app.ts';
import { AMINA, QUICK } from '../../simulator/start-with-app.ts';
import { startDev } from '../start-dev.ts';

const DEV = fileURLToPath(new URL('../../../../scripts/dev/in-current-folder.ts', import.meta.url));
const TUNNEL = fileURLToPath(new URL('../../../fakes/tools/tunnel.ts', import.meta.url));

/** Not the development values, which are refused for a real number. */
const SECRETS = {
  appSecret: '5f0c4d1b9a7e3826d4c1b05f7a9e2c38',
  verifyToken: 'c7a1e94b20d85f63',
  accessToken: 'EAAGm0PX4ZCpsBO7c1kq9fTz3',
} satisfies Partial<SimulatorOptions>;

/** The variables of the number. */
export const VARIABLES = {
  META_APP_SECRET: SECRETS.appSecret,
  META_WEBHOOK_VERIFY_TOKEN: SECRETS.verifyToken,
  META_ACCESS_TOKEN_FROM_SYS_USER: SECRETS.accessToken,
  META_BUSINESS_PHONE_NUMBER_ID: '100000000000001',
};

/** Starts Meta, and the service that the app's callback leads to. */
export async function startMeta() {
  const service = await startWebhookApp(0, SECRETS.verifyToken);
  const meta = await createSimulator({
    ...{ ...QUICK, ...SECRETS, webhookUrl: service.url },
    people: [{ name: 'Amina', phone: AMINA }],
  });
  onTestFinished(async () => {
    await meta.close();
    await service.close();
  });
  const number = `${meta.url}/v25.0/${VARIABLES.META_BUSINESS_PHONE_NUMBER_ID}`;
  const authorization = `Bearer ${SECRETS.accessToken}`;
  return {
    meta,
    service,
    /** Resolves to what Meta says about the callbacks of the number. */
    async callbacks(): Promise<unknown> {
      const response = await fetch(`${number}?fields=webhook_configuration`, { headers: { authorization } });
      return response.json();
    },
    async setCallback(url: string): Promise<number> {
      const verify_token = SECRETS.verifyToken;
      const response = await fetch(number, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ webhook_configuration: { override_callback_uri: url, verify_token } }),
      });
      return response.status;
    },
  };
}

export type Started = Awaited<ReturnType<typeof startMeta>>;

interface Options {
  readonly folder?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** The tunnels that are installed. */
  readonly installed?: readonly string[];
  /** With stand-ins for backend and app, which do not pass the challenge. */
  readonly standIns?: boolean;
}

/** Starts `npm run dev` with the variables of the number, and a PATH with nothing but these tunnels. */
export function startWithMeta(
  { meta }: Started,
  flags: readonly string[],
  { folder = temporaryFolder(), variables = {}, installed = [], standIns = false }: Options = {},
) {
  return startDev(flags, {
    folder,
    ...(standIns ? {} : { program: DEV }),
    variables: { META_API_URL: meta.url, ...VARIABLES, PATH: pathWith(installed), ...variables },
  });
}

function pathWith(tunnels: readonly string[]): string {
  const path = join(temporaryFolder(), 'bin');
  mkdirSync(path);
  for (const name of tunnels) {
    const program = join(path, name);
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${TUNNEL}' ${name} "$@"\n`);
    chmodSync(program, 0o755);
  }
  return path;
}
