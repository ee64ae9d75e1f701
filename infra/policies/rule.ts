/** A resource as the rules see it. */
export interface CheckedResource {
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
  readonly description: string;
  /** Each thing that is wrong with the resource, as the end of a sentence that begins with its name. */
  check(resource: CheckedResource): readonly string[];
}
