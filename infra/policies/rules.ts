/**
 * Rules for every resource of every stack. The tests apply them to the recorded program, the policy pack applies them to
 * what Pulumi is about to create.
 */
import { apart } from './apart.ts';
import { encrypted } from './encrypted.ts';
import { leastPrivilege } from './least-privilege.ts';
import { outlasting } from './outlasting.ts';
import { predictable } from './predictable.ts';
import { retained, tagged } from './retained.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [
  ...leastPrivilege,
  ...apart,
  outlasting,
  ...encrypted,
  ...predictable,
  retained,
  tagged,
];
