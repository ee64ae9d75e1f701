import { Interrupted, Plain, type Say, sentenceOf } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import type { Aws } from './aws.ts';
import { findDoor, type Waiting } from './find-door.ts';
import { withWorkerOf } from './past-worker.ts';
import { bringUp } from './pulumi.ts';
import { digestOf, type Image, Registry } from './registry.ts';
import { type KnownReleases, Releases } from './releases.ts';
import type { WorkerKind } from './stack.ts';
import { goodBesides, type Release } from './verdicts.ts';

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
  readonly to: Target;
  /** The digest reference of `to`. */
  readonly reference: string;
}

/** An image of the registry, with what is remembered of its deployment. */
export interface Target extends Image {
  readonly commit?: string | undefined;
}

/** The way back: to the given digest, or to the one verified last that does not run now. Throws `Plain` when there is none. */
export async function wayBack(
  { aws, stack, compute }: Pick<Waiting, 'aws' | 'stack' | 'compute'>,
  given?: string,
): Promise<Way> {
  const door = await findDoor(aws, stack, compute);
  if (door === undefined)
    throw new Plain(`There is no service of ${stack} on ${compute}, so nothing to roll back.`);
  const images = await new Registry(aws).images();
  const known = await new Releases(aws.ssm, stack).read();
  const to =
    given === undefined
      ? firstThere(images, goodBesides(known.releases, digestOf(door.image)))
      : named(images, given, known.releases);
  if (to === undefined) throw new Plain(noWay(stack, known, images));
  return { from: door.image, to, reference: `${repositoryOf(door.image)}@${to.digest}` };
}

/** The first of these that the registry still has. */
export function firstThere(
  images: readonly Image[],
  wanted: readonly Pick<Release, 'digest' | 'commit'>[],
): Target | undefined {
  return wanted.flatMap(({ digest, commit }) => {
    const image = images.find((candidate) => candidate.digest === digest);
    return image === undefined ? [] : [{ ...image, commit }];
  })[0];
}

function noWay(stack: EnvironmentName, known: KnownReleases, images: readonly Image[]): string {
  const verified = known.releases.filter(({ verdict }) => verdict === 'verified').length;
  return [
    ...(known.problem === undefined ? [] : [known.problem]),
    verified > 1
      ? `Of the ${verified} images that were verified in ${stack}, the registry has none that does not run now.`
      : `No other image was verified in ${stack}.`,
    `Name one: npm run rollback -- ${stack} <digest>`,
    listed(images),
  ].join('\n');
}

/**
 * Deploys the image of `way` again, with the worker of its commit where the image does not hold it, and verifies it. What
 * ran before is remembered as rejected, so that the next rollback does not come back to it. True when the old image runs
 * and holds.
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
  await remember(args, {
    verified: { digest: way.to.digest, commit: way.to.commit },
    ...(left === undefined || left === way.to.digest ? {} : { rejected: left }),
  });
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

export interface Verdicts {
  /** `commit`: the checkout that it was deployed from. */
  readonly verified: { readonly digest: string; readonly commit?: string | undefined };
  readonly rejected?: string;
}

/**
 * Writes verdicts down, and keeps what was verified from expiring. What runs has been decided by then, so a failure is
 * said and changes nothing.
 */
export async function remember(
  { aws, stack, say, now }: GoBack,
  { verified: { digest, commit }, rejected }: Verdicts,
): Promise<void> {
  const time = now();
  const at = time.toISOString();
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      say(`${what}: ${sentenceOf(error)}`);
    }
  };
  await attempt(`It could not be remembered that ${digest} is verified in ${stack}`, () =>
    new Releases(aws.ssm, stack).record(
      ...(rejected === undefined ? [] : [{ digest: rejected, verdict: 'rejected' as const, at }]),
      { digest, verdict: 'verified', at, ...(commit === undefined ? {} : { commit }) },
    ),
  );
  await attempt(`${digest} could not be tagged, so it may expire in the registry`, () =>
    new Registry(aws).shield(stack, digest, time),
  );
}

function named(images: readonly Image[], given: string, releases: readonly Release[]): Target {
  const digest = digestOf(given);
  if (digest === undefined) throw new Plain(`${given} is not a digest (sha256:… with 64 letters)`);
  const image = images.find((candidate) => candidate.digest === digest);
  if (image === undefined) throw new Plain(`The registry has no image ${digest}\n${listed(images)}`);
  return { ...image, commit: releases.find((release) => release.digest === digest)?.commit };
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
