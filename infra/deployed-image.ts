import * as pulumi from '@pulumi/pulumi';
import { imageMismatch } from './web-service.ts';

/** Resolves to the image that runs after an update. Throws `RunError` when it is not the requested one; a preview knows neither. */
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
