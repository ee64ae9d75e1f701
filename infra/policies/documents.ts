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

/** Every statement of every policy of the resource. A lifecycle policy is no policy in this sense. */
export function statementsIn(resource: CheckedResource): readonly ParsedStatement[] {
  return FIELDS.flatMap((field) => {
    const text = resource.inputs[field];
    if (text === undefined || !resource.type.startsWith('aws:')) return [];
    const parsed: unknown = typeof text === 'string' ? JSON.parse(text) : text;
    return document.parse(parsed).Statement;
  });
}

/** A policy that sits on a resource, or says who may take a role, rather than one that gives a role its rights. */
export function isOnResource(statement: ParsedStatement): boolean {
  return statement.Principal !== undefined;
}
