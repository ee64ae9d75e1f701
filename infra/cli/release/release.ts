/** One deployment or rollback of a stack: what all of its steps work with. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Print } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import { type Attest, attestWithGh } from './attestation.ts';
import { MAX_OPERATION_MS, type WaitOptions } from './find-web-service.ts';
import { awsOf, computeOf, requireAccountOf, type WorkerKind, workerOf } from './stack.ts';
import { verifyStack } from './verify.ts';

/** How long a verification waits for an operation that is in progress. */
const VERIFY_WAIT_MS = 300_000;

/** Resolves to true when the image runs and passes every check. `isRollback`: it is what ran before. */
export type Verify = (image: string, isRollback: boolean) => Promise<boolean>;

export interface Release extends WaitOptions {
  readonly worker: WorkerKind;
  readonly verify: Verify;
  readonly attest: Attest;
}

/** Opens a release with the credentials of this process. Throws `Plain` when they belong to another account. */
export async function openRelease(
  stack: EnvironmentName,
  print: Print,
): Promise<Release & { readonly account: string }> {
  const aws = awsOf(stack);
  const account = await requireAccountOf(aws, stack);
  const now = () => new Date();
  const startedAt = now();
  const target = { aws, stack, compute: computeOf(stack), worker: workerOf(stack), print, now, pause };
  return {
    ...target,
    account,
    waitMs: MAX_OPERATION_MS,
    attest: attestWithGh(aws, stack),
    verify: (image, isRollback) =>
      verifyStack({
        ...target,
        image,
        isRollback,
        // A rollback is not blamed for the errors of the deployment that it replaces.
        ...(isRollback ? { since: now() } : { startedAt }),
        waitMs: VERIFY_WAIT_MS,
      }),
  };
}
