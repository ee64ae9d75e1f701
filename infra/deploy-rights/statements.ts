import type { Grant, Statement } from '../grant.ts';

/** A grant of rights alone. */
export function allowing(...statements: readonly Statement[]): Grant {
  return { variables: {}, statements };
}

/** `verbs('sqs', 'CreateQueue')` is `sqs:CreateQueue`, so that a list of actions says its service once. */
export function verbs(service: string, ...actions: readonly string[]): string[] {
  return actions.map((action) => `${service}:${action}`);
}

/** The actions on tags, as most services call them. */
export const TAGGINGS = ['ListTagsForResource', 'TagResource', 'UntagResource'] as const;
