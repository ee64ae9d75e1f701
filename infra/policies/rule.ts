/** A resource as the rules see it. */
export interface CheckedResource {
  /** `aws:sqs/queue:Queue` */
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** All tags, default tags of the provider included; absent when the resource cannot have tags. */
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
}

export interface Rule {
  readonly name: string;
  readonly description: string;
  /** Returns the violations, each as the end of a sentence that begins with the name of the resource. */
  check(resource: CheckedResource): readonly string[];
}
