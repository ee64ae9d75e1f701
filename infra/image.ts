import * as awsx from '@pulumi/awsx';
import * as pulumi from '@pulumi/pulumi';
import type { EnvironmentName } from './names.ts';
import { providersOf } from './registry.ts';

export interface ImageArgs {
  readonly environment: EnvironmentName;
  readonly repositoryUrl: pulumi.Input<string>;
  /** The folder of the Dockerfile. */
  readonly context: string;
}

/** The image built from the Dockerfile and pushed by Pulumi itself, for operators with Docker and without a pipeline. */
export class BuiltImage extends pulumi.ComponentResource {
  /** A digest reference. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: ImageArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:BuiltImage', name, {}, options);
    const image = new awsx.ecr.Image(
      name,
      {
        repositoryUrl: args.repositoryUrl,
        context: args.context,
        // App Runner runs nothing else.
        platform: 'linux/amd64',
        // The pointer: the only tags of the repository that may move.
        imageTag: args.environment,
      },
      { parent: this, ...providersOf(options) },
    );
    this.reference = image.imageUri;
    this.registerOutputs({ reference: this.reference });
  }
}
