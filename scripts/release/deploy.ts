import type { EnvironmentName } from '../../infra/names.ts';
import { Plain, type Say } from '../command.ts';
import type { Aws } from './aws.ts';
import type { Door } from './door.ts';
import { findDoor } from './find-door.ts';
import { bringUp } from './pulumi.ts';
import { digestOf, Registry } from './registry.ts';
import { goBack, type Verify } from './rollback.ts';

export interface Deployment {
  readonly aws: Aws;
  readonly stack: EnvironmentName;
  readonly compute: Door['compute'];
  /** The digest reference to deploy. */
  readonly image: string;
  readonly verify: Verify;
  readonly say: Say;
  readonly now: () => Date;
}

/**
 * `deployed`: it runs and was verified. `unchanged`: it was refused before anything changed. `rolled back`: it did not
 * hold, and what ran before runs again. `broken`: neither runs as it should; somebody has to look.
 */
export type Outcome = 'deployed' | 'unchanged' | 'rolled back' | 'broken';

/**
 * Before any resource: what the Pulumi program says of a configuration that is unfit, and Pulumi of a stack that another
 * `up` is changing, or was changing when it was killed.
 */
const REFUSED = ['nothing was created', 'the stack is currently locked'];

/** Brings the stack up with the image and verifies it; otherwise goes back to what ran before. */
export async function deployImage(args: Deployment): Promise<Outcome> {
  const { aws, stack, compute, image, say } = args;
  const registry = new Registry(aws.ecr);
  const digest = digestOf(image);
  if (digest === undefined) throw new Plain(`${image} is not a digest reference (…@sha256:…)`);
  if (!(await registry.has(digest))) throw new Plain(`The registry has no image ${digest}`);
  const before = await findDoor(aws, stack, compute);
  say(`deploying ${image} to ${stack}; ${before === undefined ? 'nothing' : before.image} runs now`);

  const up = await bringUp('up', stack, { image });
  if (up.code !== 0 && REFUSED.some((words) => up.output.includes(words))) return 'unchanged';
  if (up.code === 0 && (await args.verify(image, false))) {
    await registry.judge(stack, digest, 'verified', args.now());
    return 'deployed';
  }
  say(up.code === 0 ? '\nThe deployment does not hold.' : `\npulumi up ended with ${up.code}.`);
  return (await backTo(args, before)) ? 'rolled back' : 'broken';
}

async function backTo(args: Deployment, before: Door | undefined): Promise<boolean> {
  const digest = before === undefined ? undefined : digestOf(before.image);
  const images = digest === undefined ? [] : await new Registry(args.aws.ecr).images();
  const to = images.find((image) => image.digest === digest);
  if (before === undefined || to === undefined || to.digest === digestOf(args.image)) {
    args.say('Nothing else ran before, so there is nothing to go back to: see docs/runbook.md.');
    return false;
  }
  return goBack(args, { from: args.image, to, reference: before.image });
}
