/** `npm run verify -- <url or stack>`: whether what is deployed works, and is what was asked for. */
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand, type Say, Usage } from '../../scripts/command.ts';
import { asEnvironment } from '../../scripts/environment.ts';
import { awsOf, computeOf, mustBeAccountOf, workerOf } from './release/stack.ts';
import { verifyStack, verifyUrl } from './release/verify.ts';

const HELP = `Usage: npm run verify -- <url or stack> [options]

Looks at a deployment. At an address: GET / and /ready, Meta's challenge, a wrong token and a wrong signature refused,
a signed test delivery accepted; the delivery is for nobody's number, so no person is answered. For a stack also: the
last operation succeeded, the requested image runs, in the tasks of a worker on Fargate too, and the log has no errors
since that operation began.

  <url or stack>     https://…, http://localhost:8001, staging or production
  --image <digest>   the image that should run (else the one that was verified last)
  --since <time>     look at the log from here on, ISO 8601 (else from the last operation on)
  --wait <seconds>   wait so long for an operation under way (300)
  --help             this text

For an address the secrets come from META_APP_SECRET and META_WEBHOOK_VERIFY_TOKEN, else the development ones; for a
stack from its parameters. Exit codes: 0 all is well, 1 something failed, 2 wrong call.`;

await runCommand({
  name: 'verify',
  help: HELP,
  options: {
    image: { type: 'string' },
    since: { type: 'string' },
    wait: { type: 'string', default: '300' },
  },
  mostWords: 1,
  run: ({ values, words: [where], say }) => verify(where, values, say),
});

interface Wishes {
  readonly image?: string | undefined;
  readonly since?: string | undefined;
  readonly wait: string;
}

async function verify(where: string | undefined, values: Wishes, say: Say): Promise<number> {
  if (where === undefined) throw new Usage('Name one address or one stack.');
  const stack = asEnvironment(where);
  if (stack === undefined) return (await atAddress(where, say)) ? 0 : 1;
  const wait = Number(values.wait);
  if (!Number.isFinite(wait) || wait < 0)
    throw new Usage(`--wait is a number of seconds, not ${values.wait}`);
  const since = values.since === undefined ? undefined : new Date(values.since);
  if (since !== undefined && Number.isNaN(since.getTime())) {
    throw new Usage(`--since is a time like 2026-11-21T04:31:00Z, not ${values.since}`);
  }
  const aws = awsOf(stack);
  await mustBeAccountOf(aws, stack);
  const holds = await verifyStack({
    aws,
    stack,
    compute: computeOf(stack),
    worker: workerOf(stack),
    say,
    now: () => new Date(),
    pause,
    waitMs: wait * 1000,
    ...(values.image === undefined ? {} : { image: values.image }),
    ...(since === undefined ? {} : { since }),
  });
  return holds ? 0 : 1;
}

function atAddress(where: string, say: Say): Promise<boolean> {
  if (!/^https?:\/\//.test(where) || !URL.canParse(where)) {
    throw new Usage(`${where} is neither an address (https://…) nor a stack (staging, production).`);
  }
  const { META_APP_SECRET, META_WEBHOOK_VERIFY_TOKEN } = process.env;
  const [appSecret = ''] = (META_APP_SECRET ?? 'development-app-secret').split(',');
  const verifyToken = META_WEBHOOK_VERIFY_TOKEN ?? 'development-verify-token';
  return verifyUrl(new URL(where).origin, { appSecret, verifyToken }, say);
}
