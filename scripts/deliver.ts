/** `npm run deliver`: signs a delivery as Meta does and posts it to a running service. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import got, { RequestError } from 'got';
import { escapeNonAscii, sign } from '../app/channels/meta/signature.ts';
import { type Call, type Print, runCommand } from './command.ts';
import { didYouMean } from './environment.ts';
import { CommandError, UsageError } from './errors.ts';
import { createControlClient } from './simulator/control-client.ts';
import { replayedSchema } from './simulator/recordings/format.ts';

const FIXTURES = new URL('../test/fixtures/meta/', import.meta.url);
/** The sender and the business number in the fixtures. `NUMBER` is also the default in local mode. */
const PERSON = '15550001111';
const NUMBER = '100000000000001';
/** Small letters with hyphens, which nobody writes to an assistant. */
const LIKE_A_FIXTURE = /^[a-z]+(-[a-z0-9]+)+$/;
/** A healthy service responds within milliseconds; Meta waits for a few seconds. */
const REQUEST_TIMEOUT_MS = 15_000;

const HELP = `Usage: npm run deliver -- <fixture or text> [options]
       npm run deliver -- --chat <name>

Signs a delivery as Meta does and posts it. A name from --list posts that fixture;
anything else is posted as a text message.

  --url <url>       address of the webhook (http://localhost:8001/whatsapp/v2)
  --from <digits>   phone number of the sender (${PERSON})
  --number <id>     phone_number_id of the business (${NUMBER})
  --times <n>       post the identical delivery n times, as Meta does until it gets 200 (1)
  --secret <text>   app secret (META_APP_SECRET, else the development one)
  --as-is           keep the message ids and timestamps of the fixture; default: new ones
  --text            post the words as a text, also when they look like the name of a fixture
  --list            list the fixtures
  --chat <name>     replay a chat of test/fixtures/chats into the running system, as a new person
  --simulator <url> address of its simulated WhatsApp (http://localhost:8002)
  --help            this text

Prints status and body of each response. Exit codes: 0 every status is 200, or the chat
had the replies that were recorded; 1 another status, other replies or no response; 2 wrong call.`;

interface Changes {
  /** Whether it is a text, whatever it looks like. */
  readonly isText: boolean;
  readonly from: string;
  readonly number: string;
  readonly asIs: boolean;
}

const OPTIONS = {
  url: { type: 'string', default: 'http://localhost:8001/whatsapp/v2' },
  from: { type: 'string', default: PERSON },
  number: { type: 'string', default: NUMBER },
  times: { type: 'string', default: '1' },
  secret: { type: 'string' },
  'as-is': { type: 'boolean', default: false },
  text: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  chat: { type: 'string' },
  simulator: { type: 'string', default: 'http://localhost:8002' },
} as const;

await runCommand({ name: 'deliver', help: HELP, options: OPTIONS, run: deliver });

async function deliver({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  if (values.list) {
    print(fixtureNames().join('\n'));
    return 0;
  }
  const what = args.join(' ');
  if (values.chat !== undefined) {
    if (what !== '') throw new UsageError('--chat replays a recorded chat, and takes no text beside it.');
    return replayChat(values.chat, values.simulator, print);
  }
  if (what === '') throw new UsageError('Name a fixture, or give a text.');
  const names = fixtureNames();
  if (!values.text && LIKE_A_FIXTURE.test(what) && !names.includes(what)) {
    throw new UsageError(
      `There is no fixture ${what}.${didYouMean(what, names)} To post it as a text, add --text; --list lists the fixtures.`,
    );
  }
  const times = Number(values.times);
  if (!Number.isSafeInteger(times) || times < 1)
    throw new UsageError(`--times is a count, not ${values.times}`);
  if (!/^\d+$/.test(values.from))
    throw new UsageError(`--from is a phone number in digits, not ${values.from}`);
  if (!/^https?:$/.test(URL.parse(values.url)?.protocol ?? '')) {
    throw new UsageError(`--url is an http:// or https:// address, not ${values.url}`);
  }

  const body = bodyOf(what, {
    ...{ from: values.from, number: values.number, asIs: values['as-is'], isText: values.text },
  });
  // Several secrets are listed while one is rotated; the first is the current one.
  const [secret = ''] = (values.secret ?? process.env.META_APP_SECRET ?? 'development-app-secret').split(',');
  const statuses: number[] = [];
  for (let time = 0; time < times; time += 1) statuses.push(await post(values.url, body, secret, print));
  return statuses.every((status) => status === 200) ? 0 : 1;
}

async function replayChat(name: string, simulator: string, print: Print): Promise<number> {
  const control = createControlClient(simulator.replace(/\/+$/, ''));
  const path = `recordings/${encodeURIComponent(name)}/replay`;
  const { person, same, expected, sent } = await control.post(path, {}, replayedSchema);
  for (const { kind, text } of sent) print(`${kind}: ${text}`);
  print(
    `replies to ${person}: ${sent.length}, ${same ? 'as recorded' : `not the ${expected.length} that were recorded`}`,
  );
  return same ? 0 : 1;
}

async function post(url: string, body: Buffer, secret: string, print: Print): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, secret) };
  try {
    const response = await got.post(url, {
      body,
      headers,
      retry: { limit: 0 },
      throwHttpErrors: false,
      timeout: { request: REQUEST_TIMEOUT_MS },
    });
    print(`${response.statusCode} ${response.body}`);
    return response.statusCode;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new CommandError(`No response from ${url}: ${error.code}. Is the service running?`, {
      cause: error,
    });
  }
}

function fixtureNames(): string[] {
  const files = readdirSync(FIXTURES).filter((file) => file.endsWith('.json') && file !== 'signatures.json');
  return files.map((file) => file.replace(/\.json$/, '')).sort();
}

/** Returns the bytes to post, with characters outside ASCII and slashes escaped as Meta escapes them. */
function bodyOf(what: string, changes: Changes): Buffer {
  const text = !changes.isText && fixtureNames().includes(what) ? undefined : what;
  const fixture: unknown = JSON.parse(
    readFileSync(new URL(`${text === undefined ? what : 'text'}.json`, FIXTURES), 'utf8'),
  );
  const now = String(Math.floor(Date.now() / 1000));
  const written = JSON.stringify(fixture, (key, value: unknown) => {
    if (text !== undefined && key === 'text') return { body: text };
    if (value === PERSON) return changes.from;
    if (value === NUMBER) return changes.number;
    if (changes.asIs) return value;
    if (key === 'timestamp') return now;
    return key === 'messages' && Array.isArray(value) ? value.map(withNewId) : value;
  });
  return escapeNonAscii(Buffer.from(written.replaceAll('/', '\\/')));
}

function withNewId(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('id' in message)) return message;
  return { ...message, id: `wamid.${randomBytes(24).toString('base64')}` };
}
