/** `npm run verify -- <url or stack>`: checks that a deployment works and runs the requested image. */
import { type Print, runCommand, UsageError } from '../../scripts/command.ts';
import { asEnvironment } from '../../scripts/environment.ts';
import type { Finding } from './release/checks.ts';
import { platformsOf } from './release/platforms-of.ts';
import { openRelease } from './release/release.ts';
import { verifyStack, verifyUrl } from './release/verify.ts';

const HELP = `Usage: npm run verify -- <url or stack> [options]

Checks a deployment. At a URL: GET / and /ready; of Meta the challenge, a wrong token and a wrong signature refused, a signed
test delivery accepted; of Twilio, where a deployment has it, the same without a challenge. A delivery names a number that
no business has, so nobody gets a reply. A deployment with Twilio alone is not asked for what Meta needs. For a stack also: the
last operation succeeded, the requested image runs, in the tasks of a worker on Fargate too, and the log has no errors
since that operation started.

  <url or stack>     https://…, http://localhost:8001, staging or production
  --image <digest>   the image that should run (else the one that was verified last)
  --since <time>     check the log from this time on, ISO 8601 (else from the last operation on)
  --wait <seconds>   how long to wait for an operation in progress (300)
  --json             print one JSON object when every check has run, instead of lines
  --help             this text

For a URL the secrets are META_APP_SECRET and META_WEBHOOK_VERIFY_TOKEN of the environment, else the development ones, and
TWILIO_AUTH_TOKEN with PUBLIC_URL (default: the URL itself); with Twilio's variables and none of Meta's, Twilio alone. For a
stack they are those of its parameters, or the secrets that it refers to by their ARN. Exit codes: 0 every check passed, 1 one failed, 2 wrong usage.`;

await runCommand({
  name: 'verify',
  help: HELP,
  options: {
    image: { type: 'string' },
    since: { type: 'string' },
    wait: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
  },
  maxArgs: 1,
  run: ({ values, args: [where], print }) => verify(where, values, print),
});

interface Options {
  readonly image?: string | undefined;
  readonly since?: string | undefined;
  readonly wait: string;
  readonly json: boolean;
}

/** With `--json` the lines are left out, and one object is printed at the end. */
async function verify(where: string | undefined, values: Options, print: Print): Promise<number> {
  if (where === undefined) throw new UsageError('Name one URL or one stack.');
  const findings: Finding[] = [];
  const collected = {
    print: values.json ? () => undefined : print,
    onFinding: (finding: Finding) => findings.push(finding),
  };
  const passed = await check(where, values, collected);
  if (values.json) print(JSON.stringify({ target: where, passed, findings }, undefined, 2));
  return passed ? 0 : 1;
}

interface Output {
  readonly print: Print;
  readonly onFinding: (finding: Finding) => void;
}

async function check(where: string, values: Options, output: Output): Promise<boolean> {
  const stack = asEnvironment(where);
  if (stack === undefined) return verifyAddress(where, output);
  const wait = Number(values.wait);
  if (!Number.isFinite(wait) || wait < 0)
    throw new UsageError(`--wait is a number of seconds, not ${values.wait}`);
  const since = values.since === undefined ? undefined : new Date(values.since);
  if (since !== undefined && Number.isNaN(since.getTime())) {
    throw new UsageError(`--since is a time like 2026-11-21T04:31:00Z, not ${values.since}`);
  }
  return verifyStack({
    ...(await openRelease(stack, output.print)),
    onFinding: output.onFinding,
    waitMs: wait * 1000,
    ...(values.image === undefined ? {} : { image: values.image }),
    ...(since === undefined ? {} : { since }),
  });
}

function verifyAddress(where: string, { print, onFinding }: Output): Promise<boolean> {
  if (!/^https?:\/\//.test(where) || !URL.canParse(where)) {
    throw new UsageError(`${where} is neither an address (https://…) nor a stack (staging, production).`);
  }
  const { origin } = new URL(where);
  const platforms = platformsOf(process.env, origin);
  // As the program does in `local`, where Meta's variables have development values.
  const { meta } = platforms;
  const development = { appSecret: 'development-app-secret', verifyToken: 'development-verify-token' };
  const tested = meta === undefined ? platforms : { ...platforms, meta: { ...development, ...meta } };
  return verifyUrl(origin, tested, print, onFinding);
}
