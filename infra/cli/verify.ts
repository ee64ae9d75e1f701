/** `npm run verify -- <url or stack>`: checks that a deployment works and runs the requested image. */
import { type Print, runCommand, UsageError } from '../../scripts/command.ts';
import { asEnvironment } from '../../scripts/environment.ts';
import { openRelease } from './release/release.ts';
import { verifyStack, verifyUrl } from './release/verify.ts';

const HELP = `Usage: npm run verify -- <url or stack> [options]

Checks a deployment. At a URL: GET / and /ready, Meta's challenge, a wrong token and a wrong signature refused, a signed
test delivery accepted; the delivery names a number that no business has, so nobody gets a reply. For a stack also: the
last operation succeeded, the requested image runs, in the tasks of a worker on Fargate too, and the log has no errors
since that operation started.

  <url or stack>     https://…, http://localhost:8001, staging or production
  --image <digest>   the image that should run (else the one that was verified last)
  --since <time>     check the log from this time on, ISO 8601 (else from the last operation on)
  --wait <seconds>   how long to wait for an operation in progress (300)
  --help             this text

For a URL the secrets are META_APP_SECRET and META_WEBHOOK_VERIFY_TOKEN of the environment, else the development ones; for
a stack those of its parameters. Exit codes: 0 every check passed, 1 one failed, 2 wrong usage.`;

await runCommand({
  name: 'verify',
  help: HELP,
  options: {
    image: { type: 'string' },
    since: { type: 'string' },
    wait: { type: 'string', default: '300' },
  },
  maxArgs: 1,
  run: ({ values, args: [where], print }) => verify(where, values, print),
});

interface Options {
  readonly image?: string | undefined;
  readonly since?: string | undefined;
  readonly wait: string;
}

async function verify(where: string | undefined, values: Options, print: Print): Promise<number> {
  if (where === undefined) throw new UsageError('Name one URL or one stack.');
  const stack = asEnvironment(where);
  if (stack === undefined) return (await verifyAddress(where, print)) ? 0 : 1;
  const wait = Number(values.wait);
  if (!Number.isFinite(wait) || wait < 0)
    throw new UsageError(`--wait is a number of seconds, not ${values.wait}`);
  const since = values.since === undefined ? undefined : new Date(values.since);
  if (since !== undefined && Number.isNaN(since.getTime())) {
    throw new UsageError(`--since is a time like 2026-11-21T04:31:00Z, not ${values.since}`);
  }
  const passed = await verifyStack({
    ...(await openRelease(stack, print)),
    waitMs: wait * 1000,
    ...(values.image === undefined ? {} : { image: values.image }),
    ...(since === undefined ? {} : { since }),
  });
  return passed ? 0 : 1;
}

function verifyAddress(where: string, print: Print): Promise<boolean> {
  if (!/^https?:\/\//.test(where) || !URL.canParse(where)) {
    throw new UsageError(`${where} is neither an address (https://…) nor a stack (staging, production).`);
  }
  const { META_APP_SECRET, META_WEBHOOK_VERIFY_TOKEN } = process.env;
  const [appSecret = ''] = (META_APP_SECRET ?? 'development-app-secret').split(',');
  const verifyToken = META_WEBHOOK_VERIFY_TOKEN ?? 'development-verify-token';
  return verifyUrl(new URL(where).origin, { appSecret, verifyToken }, print);
}
