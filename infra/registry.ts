import * as awsx from '@pulumi/awsx';
import * as pulumi from '@pulumi/pulumi';
import { ENVIRONMENTS } from './names.ts';
import { arnOf, type Place } from './place.ts';

/** Days after which an image that nothing points at, and that is none of the newest, may go. */
const UNTAGGED_DAYS = 30;
const NEWEST_KEPT = 100;

export interface RegistryArgs {
  /** The name of the repository. */
  readonly repositoryName: string;
  readonly place: Place;
}

/**
 * Where the images are. A tag, once pushed, stays what it is, except for the pointers: the tag of an environment's name
 * moves to the image that is deployed there. What a pointer names is never expired.
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
        imageTagMutabilityExclusionFilters: ENVIRONMENTS.map((pointer) => ({
          filter: pointer,
          filterType: 'WILDCARD',
        })),
        // An image that a rule selects cannot be expired by a later one (Amazon ECR user guide, "Lifecycle policies").
        // Only one image has a pointer, so the first rules never expire anything: they shield. One rule for each,
        // since several prefixes in one rule select only images that have all of them.
        lifecyclePolicy: {
          rules: [
            ...ENVIRONMENTS.map((pointer) => ({
              description: `What ${pointer} points at stays`,
              tagStatus: 'tagged' as const,
              tagPrefixList: [pointer],
              maximumNumberOfImages: NEWEST_KEPT,
            })),
            {
              description: 'What has no tag goes after a month',
              tagStatus: 'untagged',
              maximumAgeLimit: UNTAGGED_DAYS,
            },
            {
              description: `Of the rest the newest ${NEWEST_KEPT} stay, for rolling back`,
              tagStatus: 'any',
              maximumNumberOfImages: NEWEST_KEPT,
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
