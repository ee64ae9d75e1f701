/** `npm run rollback -- <stack> [digest]`: the image that ran well before runs again. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Call, Plain, runCommand } from '../../scripts/command.ts';
import { environmentOf } from '../../scripts/environment.ts';
import { attestWithGh } from './release/attestation.ts';
import { changeableDoor, LONGEST_OPERATION_MS } from './release/find-door.ts';
import { needPulumi } from './release/pulumi.ts';
import { goBack, wayBack } from './release/rollback.ts';
import { awsOf, computeOf, mustBeAccountOf, workerOf } from './release/stack.ts';
import { verifyStack } from './release/verify.ts';

const HELP = `Usage: npm run rollback -- <stack> [digest] [options]

Deploys the image again that was verified last in the stack and does not run now, or the given one, together with the
worker of the commit it was deployed from (a worker on Fargate runs the image itself); then verifies it. The image that ran
until now is remembered as rejected. An image that the deploy workflow of the repository did not build is not gone back to;
gh asks GitHub.

  <stack>        staging or production
  [digest]       sha256:…, or a whole reference
  --unattested   take an image that was built elsewhere, or of which gh cannot say it
  --dry-run      say what would be done and do nothing
  --help         this text

Exit codes: 0 the old image runs and holds, 1 it does not, 2 wrong call.`;

const OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  unattested: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'rollback', help: HELP, options: OPTIONS, mostWords: 2, run: rollback });

async function rollback({ values, words, say }: Call<typeof OPTIONS>): Promise<number> {
  const [name, digest] = words;
  const stack = environmentOf(name);
  const aws = awsOf(stack);
  await mustBeAccountOf(aws, stack);
  const place = { aws, stack, compute: computeOf(stack) };
  const worker = workerOf(stack);
  const now = () => new Date();
  if (!values['dry-run']) {
    await needPulumi();
    await changeableDoor({ ...place, say, now, pause, waitMs: LONGEST_OPERATION_MS });
  }
  const way = await wayBack(place, digest);
  const { attested, says } = values.unattested
    ? { attested: true, says: 'Its attestation is not looked at.' }
    : await attestWithGh(aws, stack)(way.reference);
  if (values['dry-run']) {
    say(`would go back from ${way.from}\n                to ${way.reference} (${way.to.tags.join(' ')})`);
    say(`${says}${attested ? '' : ' It takes --unattested.'}`);
    return 0;
  }
  if (!attested) {
    const anyway = `npm run rollback -- ${stack} ${way.to.digest} --unattested`;
    throw new Plain(
      `${way.reference}: ${says}\nNothing was changed. To go back to it all the same: ${anyway}`,
    );
  }
  const verify = (image: string, goingBack: boolean) =>
    verifyStack({ ...place, worker, image, since: now(), goingBack, say, now, pause, waitMs: 300_000 });
  const held = await goBack({ aws, stack, worker, verify, say, now }, way);
  say(
    held
      ? `${stack} runs ${way.reference}`
      : `${stack} could not be rolled back: see "Rollback" in docs/runbook.md`,
  );
  return held ? 0 : 1;
}
