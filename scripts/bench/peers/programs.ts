import { NUMBER, SECRET } from '../deliveries.ts';
import type { Program } from '../server-process.ts';
import type { Installed, PeerName } from './install.ts';

/** The environment of each peer: with the app secret, so that it verifies the signature of every delivery. */
const ENVIRONMENTS: Readonly<Record<PeerName, (graphUrl: string) => Readonly<Record<string, string>>>> = {
  'chat-sdk': (graphUrl) => ({
    WHATSAPP_ACCESS_TOKEN: 'access-token-of-the-bench',
    WHATSAPP_APP_SECRET: SECRET,
    WHATSAPP_PHONE_NUMBER_ID: NUMBER,
    WHATSAPP_VERIFY_TOKEN: 'verify-token-of-the-bench',
    WHATSAPP_API_URL: graphUrl,
    NODE_ENV: 'production',
  }),
  pywa: (graphUrl) => ({ NUMBER, SECRET, GRAPH_URL: graphUrl }),
};

/** Nothing listens there: peers that only accept call nobody. */
const NOWHERE = 'http://127.0.0.1:9';

/** Returns a peer that accepts and calls its user's function, which does nothing. */
export function acceptingPeer(
  name: PeerName,
  { program }: Extract<Installed, { program: unknown }>,
): Program {
  return { ...program, environment: () => ENVIRONMENTS[name](NOWHERE) };
}

/** Returns the settings of a peer whose user's function asks the backend and replies. */
export function answeringSettings(name: PeerName, outsideUrl: string): Readonly<Record<string, string>> {
  return { ...ENVIRONMENTS[name](outsideUrl), ASSISTANT_URL: `${outsideUrl}/assistant` };
}
