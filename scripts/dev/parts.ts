import { randomBytes } from 'node:crypto';
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
/** Of the real number. */
export const META_DATABASE = 'data/ansari-whatsapp-meta.db';
export const BACKEND_DATABASE = 'data/ansari-backend.db';

/** Chats that were saved as tests. */
const RECORDED_CHATS = 'test/fixtures/chats';

export function stateFile(channel: ChannelName): string {
  return `data/simulator-${channel}.json`;
}

/** Returns the parts of the offline system. */
export function partsOf(ports: Ports, programs: Programs, channel: ChannelName): readonly Part[] {
  const urls = { simulator: `http://localhost:${ports.simulator}`, app: `http://localhost:${ports.app}` };
  return [
    backendPart(ports, programs),
    appPart(ports, programs, {
      // The app must not send to a real number that `.env` names.
      ...Object.assign({}, ...CHANNELS.filter((one) => one !== channel).map(emptyEnvironmentOf)),
      SQLITE_PATH: APP_DATABASE,
      ...environmentFor(channel, urls),
    }),
    {
      name: 'simulator',
      port: ports.simulator,
      flag: '--simulator-port',
      program: programs.simulator,
      args: [
        '--port',
        String(ports.simulator),
        '--webhook-url',
        `${urls.app}${WEBHOOK_PATHS[channel]}`,
        '--channel',
        channel,
        '--state',
        stateFile(channel),
        '--recordings',
        RECORDED_CHATS,
        '--strangers',
      ],
      environment: {},
    },
  ];
}

/** Returns the parts for a real number at Meta: its variables are those of `.env` and of our environment. */
export function partsForMeta(ports: Ports, programs: Programs): readonly Part[] {
  return [
    backendPart(ports, programs),
    appPart(ports, programs, {
      ...emptyEnvironmentOf('twilio'),
      // What was written to the simulated number must not be answered by the real one.
      SQLITE_PATH: META_DATABASE,
      // The tunnel leads everybody to every page of the app.
      METRICS_TOKEN: randomBytes(24).toString('hex'),
      ADMIN_TOKEN: '',
    }),
  ];
}

function backendPart({ backend }: Ports, programs: Programs): Part {
  return {
    name: 'backend',
    port: backend,
    flag: '--backend-port',
    program: programs.backend,
    args: [],
    watched: 'a file of app/backend',
    environment: {
      DEPLOYMENT_TYPE: 'local',
      BACKEND_PORT: String(backend),
      BACKEND_SQLITE_PATH: BACKEND_DATABASE,
      BACKEND_API_KEYS: DEVELOPMENT.backendKey,
      WHATSAPP_SERVICE_API_KEY: DEVELOPMENT.backendKey,
    },
  };
}

function appPart({ app, backend }: Ports, programs: Programs, platform: Part['environment']): Part {
  return {
    name: 'app',
    port: app,
    flag: '--app-port',
    program: programs.app,
    args: [],
    watched: 'a file under app/',
    environment: {
      DEPLOYMENT_TYPE: 'local',
      PORT: String(app),
      HOST: '127.0.0.1',
      BACKEND_SERVER_URL: `http://localhost:${backend}`,
      WHATSAPP_SERVICE_API_KEY: DEVELOPMENT.backendKey,
      MOCK_META_API: 'false',
      STORE: 'sqlite',
      QUEUE: 'inline',
      BUSINESSES: 'env',
      ...platform,
    },
  };
}
