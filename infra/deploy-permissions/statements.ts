import type { Grant, Statement } from '../grant.ts';

/** Returns a grant without variables. */
export function grantOf(...statements: readonly Statement[]): Grant {
  return { variables: {}, statements };
}

/** Returns the actions with the service prefix: `actionsOf('sqs', 'CreateQueue')` is `['sqs:CreateQueue']`. */
export function actionsOf(service: string, ...actions: readonly string[]): string[] {
  return actions.map((action) => `${service}:${action}`);
}

/** The actions on tags, as most services name them. */
export const TAG_ACTIONS = ['ListTagsForResource', 'TagResource', 'UntagResource'] as const;
