import * as awsx from '@pulumi/awsx';
import * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from './arn.ts';
import { ENVIRONMENTS } from './names.ts';
import { MAX_VERIFIED, retainedTagPrefix } from './releases.ts';

/** Days after which an untagged image expires. */
const UNTAGGED_DAYS = 30;
const MAX_IMAGES = 100;

export interface RegistryArgs {
  /** The name of the repository. */
  readonly repositoryName: string;
  readonly place: Place;
}

/**
 * Tags that may move: the pointers, and `sha256-<digest>`. Under the latter a client keeps the list of an image's
 * attestations where the registry does not keep it itself (OCI Distribution Specification, "Referrers Tag Schema"). An
 * image here has two attestations, and the second one would be refused.
 */
const MUTABLE_TAGS = [...ENVIRONMENTS, 'sha256-*'];

/**
 * Where the images are. A tag, once pushed, stays what it is, except for the pointers: the tag of an environment's name
 * moves to the image that is deployed there. What a pointer names never expires, and neither do the images that an
 * environment can go back to. Tags keep images; nothing is deployed because of one.
 */
export class Registry extends pulumi.ComponentResource {
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>` */
  readonly url: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:Registry', name, {}, options);
    const repository = this.#repository(name, args.repositoryName, options);
    this.url = repository.url;
    this.arn = arnOf(args.place, 'ecr', `repository/${args.repositoryName}`);
    this.registerOutputs({ url: this.url, arn: this.arn });
  }

  #repository(
    name: string,
    repositoryName: string,
    options?: pulumi.ComponentResourceOptions,
  ): awsx.ecr.Repository {
    return new awsx.ecr.Repository(
      name,
      {
        name: repositoryName,
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: 'AES256' }],
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: MUTABLE_TAGS.map((filter) => ({
          filter,
          filterType: 'WILDCARD',
        })),
        // An image that a rule selects cannot be expired by a later one (Amazon ECR user guide, "Lifecycle policies").
        // Only one image has a pointer, so the first rules never expire anything: they shield. The next ones shield
        // what was verified, so that many builds of one environment do not expire what the other one rolls back to. One
        // rule for each, since several prefixes in one rule select only images that have all of them.
        lifecyclePolicy: {
          rules: [
            ...ENVIRONMENTS.map((pointer) => ({
              description: `What ${pointer} points at stays`,
              tagStatus: 'tagged' as const,
              tagPrefixList: [pointer],
              maximumNumberOfImages: MAX_IMAGES,
            })),
            ...ENVIRONMENTS.map((environment) => ({
              description: `The newest ${MAX_VERIFIED} verified in ${environment} stay`,
              tagStatus: 'tagged' as const,
              tagPrefixList: [retainedTagPrefix(environment)],
              maximumNumberOfImages: MAX_VERIFIED,
            })),
            {
              description: 'What has no tag goes after a month',
              tagStatus: 'untagged',
              maximumAgeLimit: UNTAGGED_DAYS,
            },
            {
              description: `Of the rest the newest ${MAX_IMAGES} stay, for rolling back`,
              tagStatus: 'any',
              maximumNumberOfImages: MAX_IMAGES,
            },
          ],
        },
      },
      { parent: this, protect: true, retainOnDelete: true, ...providersOf(options) },
    );
  }
}

/** A component that runs in a plugin does not inherit providers from its parent: they have to be handed over. */
export function providersOf(
  options: pulumi.ComponentResourceOptions = {},
): Pick<typeof options, 'providers'> {
  return options.providers === undefined ? {} : { providers: options.providers };
}
