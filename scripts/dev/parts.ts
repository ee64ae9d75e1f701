import { DEVELOPMENT } from '../simulator/development.ts';
import { emptyEnvironmentOf, environmentFor } from '../simulator/environment.ts';
import { CHANNELS, type ChannelName, WEBHOOK_PATHS } from '../simulator/options.ts';

export interface Ports {
  readonly backend: number;
  readonly app: number;
  readonly simulator: number;
}

/** The program of each part: a path from the folder of the system. */
export type Programs = Readonly<Record<keyof Ports, string>>;

/** One process of the system. */
export interface Part {
  readonly name: string;
  readonly port: number;
  /** The flag that chooses another port. */
  readonly flag: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What is watched for it, in words. Undefined: nothing. */
  readonly watched?: string;
  /** Added to our own environment: the values that must match the other parts. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Files of the system, as paths from its folder. */
export const APP_DATABASE = 'data/ansari-whatsapp.db';
export const BACKEND_DATABASE = 'data/ansari-backend.db';

export function stateFile(channel: ChannelName): string {
  return `data/simulator-${channel}.json`;
}

export function partsOf(ports: Ports, programs: Programs, channel: ChannelName): readonly Part[] {
  return [
    {
      name: 'backend',
      port: ports.backend,
      flag: '--backend-port',
      program: programs.backend,
      args: [],
      watched: 'a file of app/backend',
      environment: {
        DEPLOYMENT_TYPE: 'local',
        BACKEND_PORT: String(ports.backend),
        BACKEND_SQLITE_PATH: BACKEND_DATABASE,
        BACKEND_API_KEYS: DEVELOPMENT.backendKey,
        WHATSAPP_SERVICE_API_KEY: DEVELOPMENT.backendKey,
      },
    },
    {
      name: 'app',
      port: ports.app,
      flag: '--app-port',
      program: programs.app,
      args: [],
      watched: 'a file under app/',
      environment: {
        // The app must not send to a real number that `.env` names.
        ...Object.assign({}, ...CHANNELS.filter((one) => one !== channel).map(emptyEnvironmentOf)),
        DEPLOYMENT_TYPE: 'local',
        PORT: String(ports.app),
        HOST: '127.0.0.1',
        BACKEND_SERVER_URL: `http://localhost:${ports.backend}`,
        WHATSAPP_SERVICE_API_KEY: DEVELOPMENT.backendKey,
        MOCK_META_API: 'false',
        STORE: 'sqlite',
        SQLITE_PATH: APP_DATABASE,
        QUEUE: 'inline',
        BUSINESSES: 'env',
        ...environmentFor(channel, {
          simulator: `http://localhost:${ports.simulator}`,
          app: `http://localhost:${ports.app}`,
        }),
      },
    },
    {
      name: 'simulator',
      port: ports.simulator,
      flag: '--simulator-port',
      program: programs.simulator,
      args: [
        '--port',
        String(ports.simulator),
        '--webhook-url',
        `http://localhost:${ports.app}${WEBHOOK_PATHS[channel]}`,
        '--channel',
        channel,
        '--state',
        stateFile(channel),
        '--strangers',
      ],
      environment: {},
    },
  ];
}
