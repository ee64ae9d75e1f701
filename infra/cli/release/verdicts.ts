/** The verdicts on an environment's images: merging two lists, and the candidates of a rollback. */
import * as z from 'zod';
import { MAX_VERIFIED } from '../../releases.ts';

/**
 * Rejected images are recorded only so that a deployment does not roll back to a rejected image that ran before it; an
 * image without a record is no candidate anyway. With the verified ones they stay below the 4 KB of a parameter.
 */
const MAX_REJECTED = 6;

const release = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  verdict: z.enum(['verified', 'rejected']),
  at: z.iso.datetime(),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
});

/** The newest verdict on an image. `commit`: the checkout that it was deployed from, worker included. */
export type ReleaseRecord = Readonly<z.infer<typeof release>>;

const document = z.object({ releases: z.array(release) });

/** The verdicts in a text; undefined when it is not such a text. */
export function parseReleases(text: string): readonly ReleaseRecord[] | undefined {
  try {
    return document.safeParse(JSON.parse(text)).data?.releases;
  } catch {
    return undefined;
  }
}

/** The text for the parameter: the verdicts that it holds. */
export function serializeReleases(releases: readonly ReleaseRecord[]): string {
  return JSON.stringify({ releases: recordedReleases(releases) });
}

/** The newest verdicts of each kind, as many as the parameter holds, the newest first. */
export function recordedReleases(releases: readonly ReleaseRecord[]): ReleaseRecord[] {
  const all = releases.toSorted(byAge);
  const of = (verdict: ReleaseRecord['verdict'], count: number) =>
    all.filter((one) => one.verdict === verdict).slice(0, count);
  return [...of('verified', MAX_VERIFIED), ...of('rejected', MAX_REJECTED)].sort(byAge);
}

/**
 * The newest verdict on each image of both lists, the newest first. Idempotent, and the same in whichever order lists are
 * merged, so that concurrent writers lose nothing. Not bounded: an older list would bring an image back whose rejection was
 * dropped between two merges. A verdict without a commit keeps the one known before.
 */
export function mergeReleases(a: readonly ReleaseRecord[], b: readonly ReleaseRecord[]): ReleaseRecord[] {
  const newest = new Map<string, ReleaseRecord>();
  for (const one of [...a, ...b].sort(byAge).reverse()) {
    const commit = one.commit ?? newest.get(one.digest)?.commit;
    newest.set(one.digest, { ...one, ...(commit === undefined ? {} : { commit }) });
  }
  return [...newest.values()].sort(byAge);
}

/** The newest first. At the same time a rejection wins, and the digest decides between images. */
function byAge(a: ReleaseRecord, b: ReleaseRecord): number {
  return (
    Date.parse(b.at) - Date.parse(a.at) ||
    a.verdict.localeCompare(b.verdict) ||
    a.digest.localeCompare(b.digest)
  );
}

/** Returns the verified images except the running one, the one verified last first. */
export function verifiedExcept(
  releases: readonly ReleaseRecord[],
  running: string | undefined,
): ReleaseRecord[] {
  return releases.filter(({ digest, verdict }) => verdict === 'verified' && digest !== running).sort(byAge);
}

/**
 * Returns the images that a failed deployment of `wanted` may roll back to, the best first: the one that ran before,
 * unless it was rejected since, or is `wanted` itself, left by a deployment that was interrupted before it was verified;
 * then the one verified last. Empty when there is none, also when `wanted` was verified already.
 */
export function rollbackCandidates(
  releases: readonly ReleaseRecord[],
  { before, wanted }: { readonly before: string; readonly wanted: string },
): readonly Pick<ReleaseRecord, 'digest' | 'commit'>[] {
  const ran = releases.find(({ digest }) => digest === before);
  const others = verifiedExcept(releases, wanted).filter(({ digest }) => digest !== before);
  if (before === wanted) return ran?.verdict === 'verified' ? [] : others;
  return ran?.verdict === 'rejected' ? others : [ran ?? { digest: before }, ...others];
}
