import * as z from 'zod';
import { ENVIRONMENTS } from '#infra/names.ts';
import { type Call, Failure } from './failure.ts';

const imageId = z.object({ imageTag: z.string().optional(), imageDigest: z.string().optional() });
const putImage = z.object({ imageManifest: z.string(), imageTag: z.string() });

/** One repository whose tags never move, except for the pointers. */
export class FakeEcr {
  readonly images = new Map<string, { readonly tags: Set<string>; readonly pushedAt: number }>();

  /** `digestOf('a')` is the digest of an image that has been pushed with these tags. */
  push(digest: string, ...tags: readonly string[]): string {
    this.images.set(digest, { tags: new Set(tags), pushedAt: 1_760_000_000 + this.images.size });
    return digest;
  }

  /** A builder always pushes the same image, whatever its name. */
  pushed(name: string): void {
    const digest = `sha256:${'a'.repeat(64)}`;
    const image = this.images.get(digest) ?? { tags: new Set(), pushedAt: 1_760_000_000 };
    this.images.set(digest, image);
    image.tags.add(name.slice(name.lastIndexOf(':') + 1));
  }

  tags(digest: string): string[] {
    return [...(this.images.get(digest)?.tags ?? [])];
  }

  answer({ action, input }: Call): unknown {
    switch (action) {
      case 'DescribeImages':
        return this.#page(Number(input.nextToken ?? 0));
      case 'BatchGetImage':
        return {
          images: z
            .array(imageId)
            .parse(input.imageIds)
            .flatMap((id) => this.#find(id)),
        };
      case 'PutImage':
        return this.#put(putImage.parse(input));
      case 'GetAuthorizationToken':
        return {
          authorizationData: [{ authorizationToken: Buffer.from('AWS:password').toString('base64') }],
        };
      default:
        throw new Failure('InvalidParameterException', action);
    }
  }

  /** One image per page. */
  #page(at: number): unknown {
    const [image] = [...this.images].slice(at, at + 1);
    if (image === undefined) return { imageDetails: [] };
    const [imageDigest, { tags, pushedAt }] = image;
    const imageDetails = [{ imageDigest, imageTags: [...tags], imagePushedAt: pushedAt }];
    return at + 1 < this.images.size ? { imageDetails, nextToken: String(at + 1) } : { imageDetails };
  }

  #find({ imageTag, imageDigest }: z.infer<typeof imageId>) {
    for (const [digest, { tags }] of this.images) {
      if (digest !== imageDigest && !(imageTag !== undefined && tags.has(imageTag))) continue;
      return [
        {
          imageId: { imageDigest: digest, imageTag },
          imageManifest: JSON.stringify({ digest }),
          imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
        },
      ];
    }
    return [];
  }

  #put({ imageManifest, imageTag }: z.infer<typeof putImage>): unknown {
    const { digest } = z.object({ digest: z.string() }).parse(JSON.parse(imageManifest));
    const holder = [...this.images].find(([, { tags }]) => tags.has(imageTag));
    if (holder?.[0] === digest) throw new Failure('ImageAlreadyExistsException', imageTag);
    if (holder !== undefined) {
      if (!ENVIRONMENTS.some((pointer) => pointer === imageTag)) {
        throw new Failure('ImageTagAlreadyExistsException', imageTag);
      }
      holder[1].tags.delete(imageTag);
    }
    this.images.get(digest)?.tags.add(imageTag);
    return {};
  }
}
