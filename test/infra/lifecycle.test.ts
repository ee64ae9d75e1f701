import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  mergeReleases,
  type ReleaseRecord,
  recordedReleases,
  verifiedExcept,
} from '#infra/cli/release/verdicts.ts';
import { ENVIRONMENTS, type EnvironmentName } from '#infra/names.ts';
import { retainedTagPrefix } from '#infra/releases.ts';
import { at, one } from './graph.ts';

const DAY = 24 * 3_600_000;

const rules = z
  .array(
    z.object({
      tagStatus: z.enum(['tagged', 'untagged', 'any']),
      tagPrefixList: z.array(z.string()).optional(),
      maximumNumberOfImages: z.number().optional(),
      maximumAgeLimit: z.number().optional(),
    }),
  )
  .parse(at(one('shared', 'awsx:ecr:Repository', 'registry').inputs, 'lifecyclePolicy', 'rules'));
type Rule = (typeof rules)[number];

interface Image {
  readonly digest: string;
  readonly pushedAt: number;
  readonly tags: Set<string>;
}

function selects({ tagStatus, tagPrefixList = [] }: Rule, { tags }: Image): boolean {
  if (tagStatus === 'any') return true;
  if (tagStatus === 'untagged') return tags.size === 0;
  return tagPrefixList.every((prefix) => [...tags].some((tag) => tag.startsWith(prefix)));
}

/**
 * What ECR expires (Amazon ECR user guide, "Lifecycle policies"): rules go by priority, which is their order here; each
 * counts all images that it selects, by the time they were pushed, also those that a rule before it selected; an image
 * that a rule selects is never expired by a later one.
 */
function expired(images: readonly Image[], now: number): Set<Image> {
  const gone = new Set<Image>();
  const decided = new Set<Image>();
  for (const rule of rules) {
    const selected = images.filter((image) => selects(rule, image)).sort((a, b) => b.pushedAt - a.pushedAt);
    for (const [index, image] of selected.entries()) {
      if (decided.has(image)) continue;
      const tooMany = rule.maximumNumberOfImages !== undefined && index >= rule.maximumNumberOfImages;
      const tooOld = rule.maximumAgeLimit !== undefined && now - image.pushedAt > rule.maximumAgeLimit * DAY;
      if (tooMany || tooOld) gone.add(image);
    }
    for (const image of selected) decided.add(image);
  }
  return gone;
}

/** A repository with its releases, as the release commands leave them. */
class Account {
  images: Image[] = [];
  readonly releases: Record<EnvironmentName, ReleaseRecord[]> = { staging: [], production: [] };
  readonly running: Record<EnvironmentName, string> = { staging: '', production: '' };

  build(now: number): Image {
    const image = {
      digest: `image ${this.images.length} of ${now}`,
      pushedAt: now,
      tags: new Set([`tree-${now}`]),
    };
    // The two attestations of an image are images of their own.
    const attestation = (kind: string) => ({
      digest: `${kind} of ${now}`,
      pushedAt: now,
      tags: new Set<string>(),
    });
    this.images.push(image, attestation('provenance'), attestation('contents'));
    return image;
  }

  verified(stack: EnvironmentName, digest: string, now: number): void {
    const image = this.images.find((candidate) => candidate.digest === digest);
    for (const { tags } of this.images) tags.delete(stack);
    image?.tags.add(stack).add(`${retainedTagPrefix(stack)}${now}`);
    this.running[stack] = digest;
    const verdict = { digest, verdict: 'verified' as const, at: new Date(now).toISOString() };
    this.releases[stack] = recordedReleases(mergeReleases(this.releases[stack], [verdict]));
  }

  has(digest: string): boolean {
    return this.images.some((image) => image.digest === digest);
  }

  /** What a rollback would go to. */
  findRollback(stack: EnvironmentName): string | undefined {
    return verifiedExcept(this.releases[stack], this.running[stack]).find(({ digest }) => this.has(digest))
      ?.digest;
  }

  expire(now: number): void {
    const gone = expired(this.images, now);
    this.images = this.images.filter((image) => !gone.has(image));
  }
}

describe('the lifecycle rules of the registry', () => {
  it('retain the running image and a rollback candidate of each environment, all year', () => {
    const account = new Account();
    const lost: string[] = [];
    for (let day = 0; day < 365; day += 1) {
      for (let build = 0; build < 6; build += 1) {
        const now = day * DAY + build * 3_600_000;
        account.verified('staging', account.build(now).digest, now);
        // Built from another branch, so by a build of its own.
        if (day % 30 === 0 && build === 5)
          account.verified('production', account.build(now + 1).digest, now + 1);
      }
      account.expire((day + 1) * DAY);
      for (const stack of ENVIRONMENTS) {
        if (!account.has(account.running[stack]) && account.running[stack] !== '')
          lost.push(`day ${day}: what ${stack} runs`);
        if (account.releases[stack].length > 1 && account.findRollback(stack) === undefined)
          lost.push(`day ${day}: what ${stack} goes back to`);
      }
    }
    expect(lost).toEqual([]);
  });

  it('retain the image that production rolled back to, however old it is', () => {
    const account = new Account();
    account.verified('production', account.build(0).digest, 0);
    const first = account.running.production;
    account.verified('production', account.build(DAY).digest, DAY);
    account.verified('production', first, 2 * DAY);
    for (let build = 0; build < 400; build += 1) {
      const now = 3 * DAY + build * 3_600_000;
      account.verified('staging', account.build(now).digest, now);
      account.expire(now);
    }
    expect(account.has(first)).toBe(true);
    expect(account.findRollback('production')).toBeDefined();
  });

  it('retain a few hundred images after 6 builds a day for a year', () => {
    const account = new Account();
    for (let build = 0; build < 6 * 365; build += 1)
      account.verified('staging', account.build(build * 4 * 3_600_000).digest, build * 4 * 3_600_000);
    account.expire(366 * DAY);
    expect(account.images.length).toBeLessThan(400);
  });

  it('have one rule for each tag prefix, as ECR requires', () => {
    const prefixes = rules.flatMap(({ tagPrefixList = [] }) => tagPrefixList);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(rules.map(({ tagStatus }) => tagStatus).lastIndexOf('any')).toBe(rules.length - 1);
  });
});
