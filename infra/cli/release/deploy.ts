import { Interrupted, Plain, sentenceOf } from '../../../scripts/command.ts';
import type { Attest } from './attestation.ts';
import type { Door } from './door.ts';
import { changeableDoor, type Waiting } from './find-door.ts';
import { bringUp } from './pulumi.ts';
import { firstUseIn, hasBegun } from './pulumi-trouble.ts';
import { digestOf, Registry } from './registry.ts';
import { Releases } from './releases.ts';
import { firstThere, goBack, holds, remember, repositoryOf, type Verify } from './rollback.ts';
import type { WorkerKind } from './stack.ts';
import type { Ran } from './tools.ts';
import { waysOut } from './verdicts.ts';

export interface Deployment extends Waiting {
  /** The digest reference to deploy. */
  readonly image: string;
  readonly worker: WorkerKind;
  readonly verify: Verify;
  readonly attest: Attest;
  /** The checkout that is deployed; absent where it is not known. */
  readonly commit?: string | undefined;
}

/**
 * `deployed`: it runs and was verified. `unchanged`: it was refused before anything changed. `rolled back`: it did not
 * hold, and what held before runs again. `broken`: neither runs as it should; somebody has to look.
 */
export type Outcome = 'deployed' | 'unchanged' | 'rolled back' | 'broken';

/**
 * Brings the stack up with the image and verifies it; otherwise goes back to what held before. Throws only before it
 * has begun, or when somebody stops it: from then on everything that goes wrong is an outcome.
 */
export async function deployImage(args: Deployment): Promise<Outcome> {
  const { aws, stack, image, say } = args;
  const digest = digestOf(image);
  if (digest === undefined) throw new Plain(`${image} is not a digest reference (…@sha256:…)`);
  if (!(await new Registry(aws).has(digest))) throw new Plain(`The registry has no image ${digest}`);
  const before = await changeableDoor(args);
  say(`deploying ${image} to ${stack}; ${before === undefined ? 'nothing' : before.image} runs now`);

  const up = await upOfAnyAccount(args);
  if (up.code !== 0 && !hasBegun(up.output)) return 'unchanged';
  if (up.code === 0 && (await holds(args, image, false))) {
    await remember(args, { verified: { digest, commit: args.commit } });
    return 'deployed';
  }
  say(up.code === 0 ? '\nThe deployment does not hold.' : `\npulumi up ended with ${up.code}.`);
  try {
    return (await backTo(args, digest, before)) ? 'rolled back' : 'broken';
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    say(`The way back is barred: ${sentenceOf(error)}`);
    return 'broken';
  }
}

/** What IAM takes to make a new role known everywhere. */
const NEW_ROLE_MS = 60_000;

/** `pulumi up` with the image. Tries once more, a minute later, when AWS refused only because a role is new. */
async function upOfAnyAccount({ stack, image, say, pause }: Deployment): Promise<Ran> {
  const up = await bringUp('up', stack, { image });
  const why = up.code === 0 ? undefined : firstUseIn(up.output);
  if (why === undefined) return up;
  say(`\n${why} Trying once more in a minute.`);
  await pause(NEW_ROLE_MS);
  return bringUp('up', stack, { image });
}

async function backTo(args: Deployment, wanted: string, before: Door | undefined): Promise<boolean> {
  const { aws, stack, image, say } = args;
  const ran = before === undefined ? undefined : digestOf(before.image);
  // What never came up is nothing to go back to.
  if (before === undefined || ran === undefined || before.status === 'CREATE_FAILED') {
    say('Nothing ran before, so there is nothing to go back to: see docs/runbook.md.');
    return false;
  }
  const known = await new Releases(aws.ssm, stack).read();
  if (known.problem !== undefined) say(known.problem);
  const ways = waysOut(known.releases, { before: ran, wanted });
  const to = firstThere(await new Registry(aws).images(), ways);
  if (to === undefined) {
    say(
      ran === wanted
        ? `The same image ran before, so the reason is not in it: git log -p Pulumi.${stack}.yaml infra`
        : `The registry has no image to go back to: neither ${ran} nor another that was verified in ${stack}.`,
    );
    return false;
  }
  const reference = `${repositoryOf(before.image)}@${to.digest}`;
  return (
    (await mayGoBack(args, to.digest === ran, reference)) && goBack(args, { from: image, to, reference })
  );
}

/**
 * What ran a moment ago in this very stack is gone back to whether it is attested or not: nobody chose it but the stack
 * itself, and an image that was deployed from somebody's machine is better than one that does not hold. Everything else
 * has to be attested.
 */
async function mayGoBack(
  { attest, stack, say }: Deployment,
  ranBefore: boolean,
  reference: string,
): Promise<boolean> {
  const { attested, says } = await attest(reference);
  if (attested) return true;
  say(`${reference}: ${says}`);
  if (ranBefore) say('It ran here until now, so it is gone back to all the same.');
  else
    say(`It is not gone back to. To do so: npm run rollback -- ${stack} ${digestOf(reference)} --unattested`);
  return ranBefore;
}
