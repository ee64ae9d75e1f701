/** What is remembered of the releases of an environment, and where. */
import { type EnvironmentName, PROJECT } from './names.ts';

/**
 * Verified images that can be gone back to: so many are remembered in the parameter, and so many does the registry keep
 * whatever is pushed after them.
 */
export const VERIFIED_REMEMBERED = 10;

/**
 * The parameter with the verdicts on an environment's images. It is outside of the tree that the programs read, and only
 * the deploy role of the environment writes it (docs/decisions/0107).
 */
export function releasesParameter(environment: EnvironmentName): string {
  return `/${PROJECT}/${environment}/releases`;
}

/**
 * How the tags begin that keep verified images from expiring. They are shields and no verdicts: every role that pushes
 * images can write them, since IAM knows no condition on a tag.
 */
export function retainedTagPrefix(environment: EnvironmentName): string {
  return `verified-${environment}-`;
}
