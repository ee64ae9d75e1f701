/** Where the releases of an environment are recorded, and how many. */
import { type EnvironmentName, PROJECT } from './names.ts';

/**
 * Verified images to roll back to: this many are recorded in the parameter, and this many are retained in the registry
 * whatever is pushed after them.
 */
export const MAX_VERIFIED = 10;

/**
 * The parameter with the verdicts on an environment's images. It is outside of the tree that the programs read, and only
 * the deploy role of the environment writes it (docs/decisions/0107).
 */
export function releasesParameter(environment: EnvironmentName): string {
  return `/${PROJECT}/${environment}/releases`;
}

/**
 * Prefix of the tags that keep verified images from expiring. They are no verdicts: every role that pushes images can
 * write them, since IAM has no condition on a tag.
 */
export function retainedTagPrefix(environment: EnvironmentName): string {
  return `verified-${environment}-`;
}
