/** `npm run rollback -- <stack> [digest]`: deploys an image again that was verified before. */
import { type Call, CommandError, runCommand } from '../../scripts/command.ts';
import { environmentOf } from '../../scripts/environment.ts';
import { changeableWebService } from './release/find-web-service.ts';
import { ensurePulumi } from './release/pulumi.ts';
import { openRelease } from './release/release.ts';
import { findRollback, rollBack } from './release/rollback.ts';

const HELP = `Usage: npm run rollback -- <stack> [digest] [options]

Deploys the image again that was verified last in the stack and does not run now, or the one named, together with the
worker of the commit it was deployed from (a worker on Fargate runs the image itself); then verifies it. The image that ran
until now is recorded as rejected. An image without an attestation of the repository's deploy workflow is refused; gh asks
GitHub for it.

  <stack>        staging or production
  [digest]       sha256:…, or a full reference
  --unattested   accept an image that was built elsewhere, or whose attestation gh cannot check
  --dry-run      print what would be done and do nothing
  --help         this text

Exit codes: 0 the old image runs and was verified, 1 it does not or was not, 2 wrong usage.`;

const OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  unattested: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'rollback', help: HELP, options: OPTIONS, maxArgs: 2, run: rollback });

async function rollback({ values, args: [name, digest], print }: Call<typeof OPTIONS>): Promise<number> {
  const stack = environmentOf(name);
  const release = await openRelease(stack, print);
  if (!values['dry-run']) {
    await ensurePulumi();
    await changeableWebService(release);
  }
  const plan = await findRollback(release, digest);
  const { attested, message } = values.unattested
    ? { attested: true, message: 'Its attestation is not checked.' }
    : await release.attest(plan.reference);
  if (values['dry-run']) {
    print(
      `would roll back from ${plan.from}\n                  to ${plan.reference} (${plan.to.tags.join(' ')})`,
    );
    print(`${message}${attested ? '' : ' It needs --unattested.'}`);
    return 0;
  }
  if (!attested) {
    const anyway = `npm run rollback -- ${stack} ${plan.to.digest} --unattested`;
    throw new CommandError(
      `${plan.reference}: ${message}\nNothing was changed. To roll back to it anyway: ${anyway}`,
    );
  }
  const succeeded = await rollBack(release, plan);
  print(
    succeeded
      ? `${stack} runs ${plan.reference}`
      : `${stack} could not be rolled back: see "Rollback" in docs/runbook.md`,
  );
  return succeeded ? 0 : 1;
}
