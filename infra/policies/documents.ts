/** The policy documents of a resource, parsed. */
import * as z from 'zod';
import type { CheckedResource } from './rule.ts';

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const document = z.object({
  Statement: z.array(
    z.object({
      Sid: z.string().optional(),
      Effect: z.enum(['Allow', 'Deny']),
      Principal: z.union([z.literal('*'), z.record(z.string(), list)]).optional(),
      Action: list,
      Resource: list.default([]),
      Condition: z.record(z.string(), z.record(z.string(), list)).default({}),
    }),
  ),
});

export type ParsedStatement = z.infer<typeof document>['Statement'][number];

const FIELDS = ['policy', 'assumeRolePolicy'];

/** Returns every statement of every IAM policy of the resource. A lifecycle policy of ECR is not an IAM policy. */
export function statementsIn(resource: CheckedResource): readonly ParsedStatement[] {
  return FIELDS.flatMap((field) => {
    const text = resource.inputs[field];
    if (text === undefined || !resource.type.startsWith('aws:')) return [];
    const parsed: unknown = typeof text === 'string' ? JSON.parse(text) : text;
    return document.parse(parsed).Statement;
  });
}

/** Returns true for a statement of a resource-based policy or of a trust policy: only these have a principal. */
export function isOnResource(statement: ParsedStatement): boolean {
  return statement.Principal !== undefined;
}
