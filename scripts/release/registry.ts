import {
  BatchGetImageCommand,
  type ECRClient,
  ImageAlreadyExistsException,
  type ImageDetail,
  ImageTagAlreadyExistsException,
  PutImageCommand,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import type { EnvironmentName } from '../../infra/names.ts';
import { Plain } from '../command.ts';
import type { Aws } from './aws.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export interface Image {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: Date;
}

/** The digest in `…@sha256:…` or `sha256:…`; undefined when there is none. */
export function digestOf(reference: string): string | undefined {
  const digest = reference.slice(reference.lastIndexOf('@') + 1);
  return DIGEST.test(digest) ? digest : undefined;
}

/** The registry's own name for an image that is given by its digest alone; another reference stays as it is. */
export function referenceIn(
  { region, repositoryName }: Pick<Aws, 'region' | 'repositoryName'>,
  account: string,
  given: string,
): string {
  return DIGEST.test(given) ? `${account}.dkr.ecr.${region}.amazonaws.com/${repositoryName}@${given}` : given;
}

/**
 * The images, and what became of them. A verdict is a tag that never moves: `verified-staging-<time>` when an image was
 * deployed there and verified, `rejected-staging-<time>` when it was rolled back; the newest one counts. The tag
 * `staging` is the pointer: the image that was verified last. No other tag begins like a pointer, since the rules of
 * the registry that shield what is deployed select by how a tag begins.
 */
export class Registry {
  readonly #client: ECRClient;
  readonly #name: string;

  constructor({ ecr, repositoryName }: Pick<Aws, 'ecr' | 'repositoryName'>) {
    this.#client = ecr;
    this.#name = repositoryName;
  }

  /** Every image, the newest push first. */
  async images(): Promise<Image[]> {
    const images: Image[] = [];
    const pages = paginateDescribeImages({ client: this.#client }, { repositoryName: this.#name });
    for await (const { imageDetails = [] } of pages) images.push(...imageDetails.flatMap(readImage));
    return images.sort((a, b) => b.pushedAt.getTime() - a.pushedAt.getTime());
  }

  /** The digest that a tag names; undefined when nothing has it. */
  async digest(tag: string): Promise<string | undefined> {
    return (await this.#fetch({ imageTag: tag }))?.imageId?.imageDigest;
  }

  async has(digest: string): Promise<boolean> {
    return (await this.#fetch({ imageDigest: digest })) !== undefined;
  }

  /** Writes the verdict; `verified` also moves the pointer. Doing it twice changes nothing. */
  async judge(
    stack: EnvironmentName,
    digest: string,
    verdict: 'verified' | 'rejected',
    now: Date,
  ): Promise<void> {
    await this.#tag(digest, `${verdict}-${stack}-${stamp(now)}`);
    if (verdict === 'verified') await this.#tag(digest, stack);
  }

  async #tag(digest: string, tag: string): Promise<void> {
    const image = await this.#fetch({ imageDigest: digest });
    if (image?.imageManifest === undefined) throw new Plain(`${this.#name} has no image ${digest}`);
    try {
      await this.#client.send(
        new PutImageCommand({
          repositoryName: this.#name,
          imageManifest: image.imageManifest,
          imageManifestMediaType: image.imageManifestMediaType,
          imageTag: tag,
        }),
      );
    } catch (error) {
      const there =
        error instanceof ImageAlreadyExistsException || error instanceof ImageTagAlreadyExistsException;
      if (!there) throw error;
    }
  }

  async #fetch(id: { imageTag: string } | { imageDigest: string }) {
    const { images = [] } = await this.#client.send(
      new BatchGetImageCommand({ repositoryName: this.#name, imageIds: [id] }),
    );
    return images[0];
  }
}

/**
 * The digest to go back to: of those whose newest verdict in this stack is `verified`, the one verified last that does
 * not run now.
 */
export function previousGood(
  images: readonly Image[],
  stack: EnvironmentName,
  running: string | undefined,
): Image | undefined {
  return images
    .map((image) => ({ image, verdict: newestVerdict(image.tags, stack) }))
    .filter(({ image, verdict }) => verdict?.good && image.digest !== running)
    .sort((a, b) => ((a.verdict?.at ?? '') < (b.verdict?.at ?? '') ? 1 : -1))[0]?.image;
}

/**
 * Where a deployment of `wanted` that does not hold goes back to. That is what ran before it, unless that was rejected
 * since, or is `wanted` itself, left by a deployment that was interrupted before anybody verified it: then it is the one
 * verified last. Undefined when there is nowhere to go, which is also so when `wanted` was verified here already.
 */
export function wayOut(
  images: readonly Image[],
  stack: EnvironmentName,
  { before, wanted }: { readonly before: string; readonly wanted: string },
): Image | undefined {
  const ran = images.find(({ digest }) => digest === before);
  const verdict = newestVerdict(ran?.tags ?? [], stack);
  if (before === wanted) return verdict?.good ? undefined : previousGood(images, stack, wanted);
  return verdict?.good === false ? previousGood(images, stack, wanted) : ran;
}

function newestVerdict(tags: readonly string[], stack: EnvironmentName) {
  return tags
    .map((tag) => new RegExp(`^(verified|rejected)-${stack}-(\\d{8}T\\d{6}Z)$`).exec(tag))
    .filter((match) => match !== null)
    .map(([, verdict, at = '']) => ({ good: verdict === 'verified', at }))
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0];
}

/** `20261121T043100Z`: sorts as text. */
function stamp(now: Date): string {
  return now.toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '');
}

function readImage({ imageDigest, imageTags = [], imagePushedAt }: ImageDetail): Image[] {
  if (imageDigest === undefined) return [];
  return [{ digest: imageDigest, tags: imageTags, pushedAt: imagePushedAt ?? new Date(0) }];
}
