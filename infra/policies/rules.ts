/**
 * Rules for every resource of every stack. The tests apply them to the recorded program, the policy pack to the resources
 * that Pulumi is about to create.
 */

import { encrypted } from './encrypted.ts';
import { isolation } from './isolation.ts';
import { lastingAccess } from './lasting-access.ts';
import { leastPrivilege } from './least-privilege.ts';
import { predictable } from './predictable.ts';
import { retained, tagged } from './retained.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [
  ...leastPrivilege,
  ...isolation,
  lastingAccess,
  ...encrypted,
  ...predictable,
  retained,
  tagged,
];
