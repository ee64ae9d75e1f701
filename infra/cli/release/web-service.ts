import type { EnvironmentKeys } from '../../settings/environment.ts';

/** The web service of a stack, as AWS describes it. */
export interface WebService {
  readonly compute: EnvironmentKeys['compute'];
  /** `https://…`, without a slash at the end. */
  readonly url: string;
  readonly arn: string;
  /** The reference that runs, whichever was requested. */
  readonly image: string;
  readonly status: string;
  /** It serves requests, and no operation is in progress. */
  readonly steady: boolean;
  readonly changing: boolean;
  /** The newest operation; absent when AWS lists none. */
  readonly last?: Operation;
  readonly logGroup: string;
}

export interface Operation {
  readonly kind: string;
  readonly status: string;
  readonly succeeded: boolean;
  /** AWS rolled back to what ran before. */
  readonly rolledBack: boolean;
  readonly startedAt: Date | undefined;
}

/** Compares for the order newest first; operations without a time come last. */
export function newestFirst(a: Operation, b: Operation): number {
  return (b.startedAt?.getTime() ?? 0) - (a.startedAt?.getTime() ?? 0);
}
