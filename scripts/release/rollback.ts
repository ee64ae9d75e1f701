import type { EnvironmentName } from '../../infra/names.ts';
import { Interrupted, Plain, type Say, sentenceOf } from '../command.ts';
import type { Aws } from './aws.ts';
import { findDoor, type Waiting } from './find-door.ts';
import { withWorkerOf } from './past-worker.ts';
import { bringUp } from './pulumi.ts';
import { digestOf, type Image, previousGood, Registry } from './registry.ts';
import type { WorkerKind } from './stack.ts';

/** Verifies a stack; true when the image runs and holds. `goingBack`: it is what ran before. */
export type Verify = (image: string, goingBack: boolean) => Promise<boolean>;

export interface GoBack {
  readonly aws: Aws;
  readonly stack: EnvironmentName;
  readonly worker: WorkerKind;
  readonly verify: Verify;
  readonly say: Say;
  readonly now: () => Date;
}

/** Where a rollback goes, and from where. */
export interface Way {
  readonly from: string;
  readonly to: Image;
  /** The digest reference of `to`. */
  readonly reference: string;
}

/** The way back: to the given digest, or to the one verified last that does not run now. */
export async function wayBack(
  { aws, stack, compute }: Pick<Waiting, 'aws' | 'stack' | 'compute'>,
  given?: string,
): Promise<Way> {
  const door = await findDoor(aws, stack, compute);
  if (door === undefined)
    throw new Plain(`There is no service of ${stack} on ${compute}, so nothing to roll back.`);
  const images = await new Registry(aws.ecr).images();
  const to = given === undefined ? previousGood(images, stack, digestOf(door.image)) : pick(images, given);
  if (to === undefined) {
    throw new Plain(
      `No other image was verified in ${stack}. Name one: npm run rollback -- ${stack} <digest>\n${listed(images)}`,
    );
  }
  return { from: door.image, to, reference: `${repositoryOf(door.image)}@${to.digest}` };
}

/**
 * Deploys the image of `way` again, with the worker of its commit where the image does not hold it, and verifies it. What ran before is remembered as
 * rejected, so that the next rollback does not come back to it. True when the old image runs and holds.
 */
export async function goBack(args: GoBack, way: Way): Promise<boolean> {
  const { stack, say } = args;
  say(`${stack} goes back from ${way.from}\n${' '.repeat(stack.length)}        to ${way.reference}`);
  const image = way.reference;
  const { code } =
    args.worker === 'fargate'
      ? await bringUp('up', stack, { image })
      : await withWorkerOf(way.to, say, (workerBundle) =>
          bringUp('up', stack, { image, ...(workerBundle === undefined ? {} : { workerBundle }) }),
        );
  if (code !== 0) return false;
  if (!(await holds(args, way.reference, true))) return false;
  const left = digestOf(way.from);
  if (left !== undefined && left !== way.to.digest) await remember(args, left, 'rejected');
  await remember(args, way.to.digest, 'verified');
  return true;
}

/** What could not be looked at does not hold either. */
export async function holds({ verify, say }: GoBack, image: string, goingBack: boolean): Promise<boolean> {
  try {
    return await verify(image, goingBack);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    say(`It cannot be verified: ${sentenceOf(error)}`);
    return false;
  }
}

/** Writes a verdict down. What runs has been decided by then, so a registry that does not take it changes nothing. */
export async function remember(
  { aws, stack, say, now }: GoBack,
  digest: string,
  verdict: 'verified' | 'rejected',
): Promise<void> {
  try {
    await new Registry(aws.ecr).judge(stack, digest, verdict, now());
  } catch (error) {
    say(`The registry could not be told that ${digest} is ${verdict} in ${stack}: ${sentenceOf(error)}`);
  }
}

function pick(images: readonly Image[], given: string): Image {
  const digest = digestOf(given);
  if (digest === undefined) throw new Plain(`${given} is not a digest (sha256:… with 64 letters)`);
  const image = images.find((candidate) => candidate.digest === digest);
  if (image === undefined) throw new Plain(`The registry has no image ${digest}\n${listed(images)}`);
  return image;
}

function listed(images: readonly Image[]): string {
  if (images.length === 0) return 'The registry is empty.';
  return images
    .slice(0, 10)
    .map(({ digest, pushedAt, tags }) => `  ${digest}  ${pushedAt.toISOString()}  ${tags.join(' ')}`)
    .join('\n');
}

/** A reference without its digest or tag. */
export function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^:/]+$/, '');
}
