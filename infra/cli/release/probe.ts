/** Requests that check a deployed web service from outside. No test delivery reaches a person. */

import type { Got } from 'got';
import * as z from 'zod';
import { parseJson } from '../../../app/json.ts';
import { bad, type Finding, good } from './checks.ts';
import { type MetaSecrets, metaProbes } from './probe-meta.ts';
import { noResponse, type Probe, shorten } from './probe-response.ts';
import { type TwilioSecrets, twilioProbes } from './probe-twilio.ts';

/** The platforms that a deployment has; a secret that is absent leaves its checks out. */
export interface Platforms {
  readonly meta?: MetaSecrets;
  readonly twilio?: TwilioSecrets;
}

/** Probes in order of dependency: the service itself, then each platform that it has. */
export async function probe(
  web: Got,
  { meta, twilio }: Platforms,
  onFinding: (finding: Finding) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const probes: readonly (readonly [name: string, Probe])[] = [
    ['home', home],
    ['ready', ready],
    ...(meta === undefined ? [] : metaProbes(meta)),
    ...(twilio === undefined ? [] : twilioProbes(twilio)),
  ];
  for (const [name, check] of probes) {
    const finding = await check(web).catch(noResponse(name));
    onFinding(finding);
    findings.push(finding);
    // Without a first response the other probes would only time out.
    if (name === 'home' && finding.message.startsWith('no response')) break;
  }
  return findings;
}

const homeBody = z.object({ status: z.literal('ok'), version: z.string() });

async function home(web: Got): Promise<Finding> {
  const response = await web('');
  const body = homeBody.safeParse(parseJson(response.body));
  if (response.statusCode === 200 && body.success)
    return good('home', `GET / says ok, version ${body.data.version}`);
  return bad(
    'home',
    `GET / answers ${response.statusCode} ${shorten(response.body)}`,
    'The log of the service says more.',
  );
}

async function ready(web: Got): Promise<Finding> {
  const { statusCode, body } = await web('ready');
  const parsed = z.object({ ready: z.literal(true) }).safeParse(parseJson(body));
  if (statusCode === 200 && parsed.success) return good('ready', 'store, queue and businesses answer');
  return bad(
    'ready',
    `GET /ready answers ${statusCode} ${shorten(body)}`,
    'The log of the service says more.',
  );
}
