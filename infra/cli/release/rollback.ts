import { CommandError, Interrupted, messageOf } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import { findWebService, type WaitOptions } from './find-web-service.ts';
import { type Target, withPreviousWorker } from './previous-worker.ts';
import { runUpdate } from './pulumi.ts';
import { digestOf, type Image, Registry } from './registry.ts';
import type { Release } from './release.ts';
import { type KnownReleases, Releases } from './releases.ts';
import { type ReleaseRecord, verifiedExcept } from './verdicts.ts';

/** From which image a rollback goes to which. */
export interface RollbackPlan {
  readonly from: string;
  readonly to: Target;
  /** The digest reference of `to`. */
  readonly reference: string;
}

/**
 * Resolves to the image to roll back to: the requested digest, or the one verified last that does not run now. Throws
 * `CommandError` when there is none.
 */
export async function findRollback(
  { aws, stack, compute }: Pick<WaitOptions, 'aws' | 'stack' | 'compute'>,
  requested?: string,
): Promise<RollbackPlan> {
  const webService = await findWebService(aws, stack, compute);
  if (webService === undefined)
    throw new CommandError(
      `There is no service of ${stack} on ${compute}, so there is nothing to roll back.`,
    );
  const images = await new Registry(aws).images();
  const known = await new Releases(aws.ssm, stack).read();
  const to =
    requested === undefined
      ? firstInRegistry(images, verifiedExcept(known.releases, digestOf(webService.image)))
      : targetByDigest(images, requested, known.releases);
  if (to === undefined) throw new CommandError(noRollbackMessage(stack, known, images));
  return { from: webService.image, to, reference: `${repositoryOf(webService.image)}@${to.digest}` };
}

/** Returns the first of these that the registry still has. */
export function firstInRegistry(
  images: readonly Image[],
  wanted: readonly Pick<ReleaseRecord, 'digest' | 'commit'>[],
): Target | undefined {
  return wanted.flatMap(({ digest, commit }) => {
    const image = images.find((candidate) => candidate.digest === digest);
    return image === undefined ? [] : [{ ...image, commit }];
  })[0];
}

function noRollbackMessage(stack: EnvironmentName, known: KnownReleases, images: readonly Image[]): string {
  const verified = known.releases.filter(({ verdict }) => verdict === 'verified').length;
  return [
    ...(known.problem === undefined ? [] : [known.problem]),
    verified > 1
      ? `Of the ${verified} images that were verified in ${stack}, the registry has none that does not run now.`
      : `No other image was verified in ${stack}.`,
    `Name one: npm run rollback -- ${stack} <digest>`,
    imageList(images),
  ].join('\n');
}

/**
 * Deploys the image of the plan again, with the worker of its commit where the image does not contain it, and verifies
 * it. What ran until now is recorded as rejected, so that the next rollback does not return to it. Resolves to true when
 * the old image runs and passes the verification.
 */
export async function rollBack(release: Release, plan: RollbackPlan): Promise<boolean> {
  const { stack, worker, print } = release;
  const { from, to, reference: image } = plan;
  print(`${stack} rolls back from ${from}\n${' '.repeat(stack.length)}         to ${image}`);
  const { code } =
    worker === 'fargate'
      ? await runUpdate('up', stack, { image })
      : await withPreviousWorker(to, print, (workerBundle) =>
          runUpdate('up', stack, { image, ...(workerBundle === undefined ? {} : { workerBundle }) }),
        );
  if (code !== 0) return false;
  if (!(await passesVerification(release, image, true))) return false;
  const replaced = digestOf(from);
  await recordVerdicts(release, {
    verified: { digest: to.digest, commit: to.commit },
    ...(replaced === undefined || replaced === to.digest ? {} : { rejected: replaced }),
  });
  return true;
}

/** Resolves to false also when the verification itself fails: an unverified image counts as a bad one. */
export async function passesVerification(
  { verify, print }: Pick<Release, 'verify' | 'print'>,
  image: string,
  isRollback: boolean,
): Promise<boolean> {
  try {
    return await verify(image, isRollback);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    print(`The verification failed: ${messageOf(error)}`);
    return false;
  }
}

export interface Verdicts {
  /** `commit`: the commit that it was deployed from. */
  readonly verified: { readonly digest: string; readonly commit?: string | undefined };
  readonly rejected?: string;
}

/**
 * Records verdicts, and keeps the verified image from expiring in the registry. Errors are printed only: the outcome of
 * the release is decided by then.
 */
export async function recordVerdicts(
  { aws, stack, print, now }: Release,
  { verified: { digest, commit }, rejected }: Verdicts,
): Promise<void> {
  const time = now();
  const at = time.toISOString();
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      print(`${what}: ${messageOf(error)}`);
    }
  };
  await attempt(`Cannot record that ${digest} is verified in ${stack}`, () =>
    new Releases(aws.ssm, stack).record(
      ...(rejected === undefined ? [] : [{ digest: rejected, verdict: 'rejected' as const, at }]),
      { digest, verdict: 'verified', at, ...(commit === undefined ? {} : { commit }) },
    ),
  );
  await attempt(`Cannot tag ${digest}, so it may expire in the registry`, () =>
    new Registry(aws).retain(stack, digest, time),
  );
}

function targetByDigest(
  images: readonly Image[],
  requested: string,
  releases: readonly ReleaseRecord[],
): Target {
  const digest = digestOf(requested);
  if (digest === undefined)
    throw new CommandError(`${requested} is not a digest (sha256: and 64 hexadecimal digits)`);
  const image = images.find((candidate) => candidate.digest === digest);
  if (image === undefined)
    throw new CommandError(`The registry has no image ${digest}\n${imageList(images)}`);
  return { ...image, commit: releases.find((release) => release.digest === digest)?.commit };
}

function imageList(images: readonly Image[]): string {
  if (images.length === 0) return 'The registry is empty.';
  return images
    .slice(0, 10)
    .map(({ digest, pushedAt, tags }) => `  ${digest}  ${pushedAt.toISOString()}  ${tags.join(' ')}`)
    .join('\n');
}

/** Returns a reference without its digest or tag. */
export function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^:/]+$/, '');
}
