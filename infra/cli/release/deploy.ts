import { CommandError, Interrupted, messageOf } from '../../../scripts/command.ts';
import { changeableWebService } from './find-web-service.ts';
import { runUpdate } from './pulumi.ts';
import { firstUseIn, hasStarted } from './pulumi-errors.ts';
import { digestOf, Registry } from './registry.ts';
import type { Release } from './release.ts';
import { Releases } from './releases.ts';
import { firstInRegistry, passesVerification, recordVerdicts, repositoryOf, rollBack } from './rollback.ts';
import type { ToolResult } from './tools.ts';
import { rollbackCandidates } from './verdicts.ts';
import type { WebService } from './web-service.ts';

export interface Deployment {
  /** The digest reference to deploy. */
  readonly image: string;
  /** The commit of the checkout that is deployed; absent where it is not known. */
  readonly commit?: string | undefined;
}

/**
 * `deployed`: the image runs and was verified. `unchanged`: it was refused before anything changed. `rolled back`: it
 * failed, and an earlier verified image runs again. `broken`: the rollback failed too; an operator has to act.
 */
export type Outcome = 'deployed' | 'unchanged' | 'rolled back' | 'broken';

/**
 * Updates the stack to the image and verifies it; rolls back when that fails. Throws only before the update has started,
 * or `Interrupted`: every later error is an outcome.
 */
export async function deployImage(release: Release, deployment: Deployment): Promise<Outcome> {
  const { aws, stack, print } = release;
  const { image, commit } = deployment;
  const digest = digestOf(image);
  if (digest === undefined) throw new CommandError(`${image} is not a digest reference (…@sha256:…)`);
  if (!(await new Registry(aws).has(digest))) throw new CommandError(`The registry has no image ${digest}`);
  const before = await changeableWebService(release);
  print(`deploying ${image} to ${stack}; ${before === undefined ? 'nothing' : before.image} runs now`);

  const up = await updateWithRetry(release, image);
  if (up.code !== 0 && !hasStarted(up.output)) return 'unchanged';
  if (up.code === 0 && (await passesVerification(release, image, false))) {
    await recordVerdicts(release, { verified: { digest, commit } });
    return 'deployed';
  }
  print(up.code === 0 ? '\nThe deployment failed its verification.' : `\npulumi up ended with ${up.code}.`);
  try {
    return (await rollBackAfter(release, image, before)) ? 'rolled back' : 'broken';
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    print(`The rollback failed: ${messageOf(error)}`);
    return 'broken';
  }
}

/** IAM is eventually consistent: the time until a new role can be assumed. */
const NEW_ROLE_MS = 60_000;

/** Runs `pulumi up` with the image; once more a minute later when AWS refused only because a role is new. */
async function updateWithRetry({ stack, print, pause }: Release, image: string): Promise<ToolResult> {
  const up = await runUpdate('up', stack, { image });
  const why = up.code === 0 ? undefined : firstUseIn(up.output);
  if (why === undefined) return up;
  print(`\n${why} Retrying once, in a minute.`);
  await pause(NEW_ROLE_MS);
  return runUpdate('up', stack, { image });
}

async function rollBackAfter(
  release: Release,
  failed: string,
  before: WebService | undefined,
): Promise<boolean> {
  const { aws, stack, print } = release;
  const wanted = digestOf(failed) ?? failed;
  const ran = before === undefined ? undefined : digestOf(before.image);
  // A service whose creation failed never ran this image.
  if (before === undefined || ran === undefined || before.status === 'CREATE_FAILED') {
    print('Nothing ran before, so there is nothing to roll back to: see docs/runbook.md.');
    return false;
  }
  const known = await new Releases(aws.ssm, stack).read();
  if (known.problem !== undefined) print(known.problem);
  const candidates = rollbackCandidates(known.releases, { before: ran, wanted });
  const to = firstInRegistry(await new Registry(aws).images(), candidates);
  if (to === undefined) {
    print(
      ran === wanted
        ? `The same image ran before, so the cause is elsewhere: git log -p Pulumi.${stack}.yaml infra`
        : `The registry has no image to roll back to: neither ${ran} nor another that was verified in ${stack}.`,
    );
    return false;
  }
  const reference = `${repositoryOf(before.image)}@${to.digest}`;
  if (!(await mayRollBackTo(release, to.digest === ran, reference))) return false;
  return rollBack(release, { from: failed, to, reference });
}

/**
 * The image that ran in this stack a moment ago needs no attestation: the stack itself names it, and an image that was
 * deployed from an operator's machine is better than one that failed. Every other image has to be attested.
 */
async function mayRollBackTo(
  { attest, stack, print }: Release,
  ranBefore: boolean,
  reference: string,
): Promise<boolean> {
  const { attested, message } = await attest(reference);
  if (attested) return true;
  print(`${reference}: ${message}`);
  if (ranBefore) print('It ran here until now, so the rollback uses it anyway.');
  else
    print(
      `The rollback does not use it. To use it: npm run rollback -- ${stack} ${digestOf(reference)} --unattested`,
    );
  return ranBefore;
}
