/** `npm run rollback -- <stack> [digest]`: the image that ran well before runs again. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Call, runCommand } from './command.ts';
import { environmentOf } from './environment.ts';
import { openAws } from './release/aws.ts';
import { needPulumi } from './release/pulumi.ts';
import { goBack, wayBack } from './release/rollback.ts';
import { computeOf } from './release/stack.ts';
import { verifyStack } from './release/verify.ts';

const HELP = `Usage: npm run rollback -- <stack> [digest] [options]

Deploys the image again that was verified last in the stack and does not run now, or the given one, together with the
worker of the commit it was built from; then verifies it. The image that ran until now is remembered as rejected.

  <stack>      staging or production
  [digest]     sha256:…, or a whole reference
  --dry-run    say what would be done and do nothing
  --help       this text

Exit codes: 0 the old image runs and holds, 1 it does not, 2 wrong call.`;

const OPTIONS = { 'dry-run': { type: 'boolean', default: false } } as const;

await runCommand({ name: 'rollback', help: HELP, options: OPTIONS, mostWords: 2, run: rollback });

async function rollback({ values, words, say }: Call<typeof OPTIONS>): Promise<number> {
  const [name, digest] = words;
  const stack = environmentOf(name);
  const aws = openAws();
  const compute = computeOf(stack);
  const way = await wayBack({ aws, stack, compute }, digest);
  if (values['dry-run']) {
    say(`would go back from ${way.from}\n                to ${way.reference} (${way.to.tags.join(' ')})`);
    return 0;
  }
  await needPulumi();
  const now = () => new Date();
  const verify = (image: string, goingBack: boolean) =>
    verifyStack({ aws, stack, compute, image, since: now(), goingBack, say, now, pause, waitMs: 300_000 });
  const held = await goBack({ aws, stack, verify, say, now }, way);
  say(
    held
      ? `${stack} runs ${way.reference}`
      : `${stack} could not be rolled back: see "Rollback" in docs/runbook.md`,
  );
  return held ? 0 : 1;
}
