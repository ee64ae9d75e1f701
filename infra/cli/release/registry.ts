import {
  BatchGetImageCommand,
  type ECRClient,
  ImageAlreadyExistsException,
  type ImageDetail,
  ImageTagAlreadyExistsException,
  PutImageCommand,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import { CommandError } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import { retainedTagPrefix } from '../../releases.ts';
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

/** Returns the registry's reference for a bare digest; any other reference stays as it is. */
export function referenceIn(
  { region, repositoryName }: Pick<Aws, 'region' | 'repositoryName'>,
  account: string,
  reference: string,
): string {
  return DIGEST.test(reference)
    ? `${account}.dkr.ecr.${region}.amazonaws.com/${repositoryName}@${reference}`
    : reference;
}

/**
 * The images and their tags. Tags are for people and the lifecycle rules: `staging` is on the image that was verified there
 * last, and the immutable `verified-staging-<time>` retains one for a rollback. Every role that pushes images can write
 * tags, so no deployment depends on a tag: the verdicts are in `Releases`. No other tag begins with the name of an
 * environment, since the lifecycle rules select by prefix.
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

  /** Keeps a verified image from expiring, and moves the environment's tag to it. Idempotent. */
  async retain(stack: EnvironmentName, digest: string, now: Date): Promise<void> {
    await this.#tag(digest, `${retainedTagPrefix(stack)}${stamp(now)}`);
    await this.#tag(digest, stack);
  }

  async #tag(digest: string, tag: string): Promise<void> {
    const image = await this.#fetch({ imageDigest: digest });
    if (image?.imageManifest === undefined) throw new CommandError(`${this.#name} has no image ${digest}`);
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
      const isTagged =
        error instanceof ImageAlreadyExistsException || error instanceof ImageTagAlreadyExistsException;
      if (!isTagged) throw error;
    }
  }

  async #fetch(id: { imageTag: string } | { imageDigest: string }) {
    const { images = [] } = await this.#client.send(
      new BatchGetImageCommand({ repositoryName: this.#name, imageIds: [id] }),
    );
    return images[0];
  }
}

/** `20261121T043100Z`: sorts as text. */
function stamp(now: Date): string {
  return now.toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '');
}

function readImage({ imageDigest, imageTags = [], imagePushedAt }: ImageDetail): Image[] {
  if (imageDigest === undefined) return [];
  return [{ digest: imageDigest, tags: imageTags, pushedAt: imagePushedAt ?? new Date(0) }];
}
