/** One deployment or rollback of a stack: the clients and options that all of its steps use. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Print } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import { type Attest, attestWithGh } from './attestation.ts';
import { MAX_OPERATION_MS, type WaitOptions } from './find-web-service.ts';
import { awsOf, computeOf, requireAccountOf, type WorkerKind, workerOf } from './stack.ts';
import { verifyStack } from './verify.ts';

/** How long a verification waits for an operation that is in progress. */
const VERIFY_WAIT_MS = 300_000;

/** Resolves to true when the image runs and passes every check. `isRollback`: the image ran before. */
export type Verify = (image: string, isRollback: boolean) => Promise<boolean>;

export interface Release extends WaitOptions {
  readonly worker: WorkerKind;
  readonly verify: Verify;
  readonly attest: Attest;
}

/** Opens a release with the credentials of this process. Throws `CommandError` when they belong to another account. */
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
        // Errors of the deployment that a rollback replaces must not fail the rollback.
        ...(isRollback ? { since: now() } : { startedAt }),
        waitMs: VERIFY_WAIT_MS,
      }),
  };
}
