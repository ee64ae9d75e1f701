import { DEVELOPMENT } from '../simulator/development.ts';
import { environmentFor } from '../simulator/environment.ts';
import { type ChannelName, WEBHOOK_PATHS } from '../simulator/options.ts';

export interface Ports {
  readonly backend: number;
  readonly app: number;
  readonly simulator: number;
}

/** The program of each part: a path from the root of the repository. */
export type Programs = Readonly<Record<keyof Ports, string>>;

/** One process of the system. */
export interface Part {
  readonly name: string;
  readonly port: number;
  /** The flag that chooses another port. */
  readonly flag: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Added to our own environment: the values that must match the other parts. */
  readonly environment: Readonly<Record<string, string>>;
}

export function partsOf(ports: Ports, programs: Programs, channel: ChannelName): readonly Part[] {
  return [
    {
      name: 'backend',
      port: ports.backend,
      flag: '--backend-port',
      program: programs.backend,
      args: [],
      environment: {
        DEPLOYMENT_TYPE: 'local',
        BACKEND_PORT: String(ports.backend),
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
      environment: {
        DEPLOYMENT_TYPE: 'local',
        PORT: String(ports.app),
        HOST: '127.0.0.1',
        BACKEND_SERVER_URL: `http://localhost:${ports.backend}`,
        WHATSAPP_SERVICE_API_KEY: DEVELOPMENT.backendKey,
        MOCK_META_API: 'false',
        STORE: 'sqlite',
        SQLITE_PATH: 'data/ansari-whatsapp.db',
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
        '--strangers',
      ],
      environment: {},
    },
  ];
}
