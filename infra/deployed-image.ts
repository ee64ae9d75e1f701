import * as pulumi from '@pulumi/pulumi';
import { imageMismatch } from './web-service.ts';

/** The image that runs after an update. Fails when it is another one than was asked for; a preview knows neither. */
export function deployedImage(
  requested: pulumi.Input<string>,
  running: pulumi.Input<string>,
): pulumi.Output<string> {
  return pulumi.all([requested, running]).apply(([wanted, deployed]) => {
    const wrong = imageMismatch(wanted, deployed);
    if (wrong !== undefined && !pulumi.runtime.isDryRun()) throw new pulumi.RunError(wrong);
    return deployed;
  });
}
