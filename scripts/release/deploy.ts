import { Interrupted, Plain, sentenceOf } from '../command.ts';
import type { Door } from './door.ts';
import { changeableDoor, type Waiting } from './find-door.ts';
import { bringUp } from './pulumi.ts';
import { hasBegun } from './pulumi-trouble.ts';
import { digestOf, Registry, wayOut } from './registry.ts';
import { goBack, holds, remember, repositoryOf, type Verify } from './rollback.ts';
import type { WorkerKind } from './stack.ts';

export interface Deployment extends Waiting {
  /** The digest reference to deploy. */
  readonly image: string;
  readonly worker: WorkerKind;
  readonly verify: Verify;
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
  if (!(await new Registry(aws.ecr).has(digest))) throw new Plain(`The registry has no image ${digest}`);
  const before = await changeableDoor(args);
  say(`deploying ${image} to ${stack}; ${before === undefined ? 'nothing' : before.image} runs now`);

  const up = await bringUp('up', stack, { image });
  if (up.code !== 0 && !hasBegun(up.output)) return 'unchanged';
  if (up.code === 0 && (await holds(args, image, false))) {
    await remember(args, digest, 'verified');
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

async function backTo(args: Deployment, wanted: string, before: Door | undefined): Promise<boolean> {
  const { aws, stack, image, say } = args;
  const ran = before === undefined ? undefined : digestOf(before.image);
  // What never came up is nothing to go back to.
  if (before === undefined || ran === undefined || before.status === 'CREATE_FAILED') {
    say('Nothing ran before, so there is nothing to go back to: see docs/runbook.md.');
    return false;
  }
  const to = wayOut(await new Registry(aws.ecr).images(), stack, { before: ran, wanted });
  if (to === undefined) {
    say(
      ran === wanted
        ? `The same image ran before, so the reason is not in it: git log -p Pulumi.${stack}.yaml infra`
        : `The registry has no image to go back to: ${before.image} is gone from it.`,
    );
    return false;
  }
  return goBack(args, { from: image, to, reference: `${repositoryOf(before.image)}@${to.digest}` });
}
