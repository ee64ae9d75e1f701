/**
 * What holds for every resource of every stack. The tests ask these of the recorded program, the policy pack asks them
 * of what Pulumi is about to create.
 */
import { encrypted } from './encrypted.ts';
import { kept, tagged } from './kept.ts';
import { leastPrivilege } from './least-privilege.ts';
import { predictable } from './predictable.ts';

/** A resource as the rules see it. */
export interface Seen {
  /** `aws:sqs/queue:Queue` */
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** All tags, those of the provider included; absent when the resource cannot have any. */
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
}

export interface Rule {
  readonly name: string;
  readonly says: string;
  /** Each thing that is wrong with the resource, as the end of a sentence that begins with its name. */
  check(resource: Seen): readonly string[];
}

export const RULES: readonly Rule[] = [...leastPrivilege, ...encrypted, ...predictable, kept, tagged];
