import { describe, expect, it } from 'vitest';
import { differenceAsText } from '#infra/cli/plan/difference.ts';
import { type PlanJson, readPlanJson } from '#infra/cli/plan/json.ts';

const resource = (name: string, inputs: Readonly<Record<string, unknown>>, parent: string | null = null) => ({
  type: 'aws:sqs/queue:Queue',
  name,
  parent,
  inputs,
});
const plan = (more: Partial<PlanJson> = {}): PlanJson => ({
  stack: 'staging',
  resources: [
    resource('turns', { name: 'turns', tags: {}, policy: { Statement: [{ Action: ['sqs:SendMessage'] }] } }),
    resource('dead', { name: 'dead' }),
  ],
  monthlyCostUsd: 45.2,
  missing: ['META_APP_SECRET'],
  ...more,
});

describe('the difference of two plans', () => {
  it('is empty for the same plan', () => {
    expect(differenceAsText(plan(), plan())).toBe(
      '0 added, 0 removed, 0 changed; 45.20 USD a month as before',
    );
  });

  it('lists added, removed and changed resources, each value with its path', () => {
    const resources = [
      resource('turns', {
        name: 'turns',
        tags: { team: 'x' },
        policy: { Statement: [{ Action: ['sqs:SendMessage', 'sqs:PurgeQueue'] }] },
      }),
      resource('new', {}),
    ];
    const after = plan({ resources, monthlyCostUsd: 50, missing: ['META_APP_SECRET', 'ADMIN_TOKEN'] });
    expect(differenceAsText(plan(), after).split('\n')).toEqual([
      '1 added, 1 removed, 1 changed; 45.20 -> 50.00 USD a month',
      '+ aws:sqs/queue:Queue new',
      '- aws:sqs/queue:Queue dead',
      '! aws:sqs/queue:Queue turns',
      '-   tags: {}',
      '+   tags.team: "x"',
      '+   policy.Statement.0.Action.1: "sqs:PurgeQueue"',
      'has to be set now: ADMIN_TOKEN',
    ]);
  });

  it('compares the statements of a policy by Sid', () => {
    const [a, b] = ['A', 'B'].map((Sid) => ({ Sid, Action: `do:${Sid}` }));
    const having = (...Statement: unknown[]) =>
      plan({ resources: [resource('q', { policy: { Statement } })] });
    expect(differenceAsText(having(b), having(a, b)).split('\n').slice(2)).toEqual([
      '+   policy.Statement.A.Sid: "A"',
      '+   policy.Statement.A.Action: "do:A"',
    ]);
  });

  it('shows a resource that moved, and the beginning of a long value', () => {
    const resources = [
      resource('turns', plan().resources[0]?.inputs ?? {}, 'another'),
      resource('dead', { name: 'd'.repeat(500) }),
    ];
    const lines = differenceAsText(plan(), plan({ resources })).split('\n');
    expect(lines).toContain('+   parent: "another"');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
  });
});

describe('a plan in a file', () => {
  it('is read as it was printed, and rejected in one sentence', () => {
    expect(readPlanJson(JSON.stringify(plan()), 'before.json')).toEqual(plan());
    for (const text of ['', '{', '[]', '{"stack":"staging"}'])
      expect(() => readPlanJson(text, 'before.json')).toThrow('before.json is no plan: npm run plan');
  });
});
