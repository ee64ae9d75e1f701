import { beforeAll, describe, expect, it } from 'vitest';
import { type Recording, record } from '#infra/cli/plan/record.ts';
import { ENCRYPTED, environmentConfig, SHARED_CONFIG } from './configurations.ts';

const REGION = 'eu-west-1';
const ELSEWHERE = { 'aws:region': REGION };
const IMAGE = `210987654321.dkr.ecr.${REGION}.amazonaws.com/team/ansari@sha256:${'b2'.repeat(32)}`;
const SHARED = {
  ...ELSEWHERE,
  'ansari-whatsapp:github': SHARED_CONFIG['ansari-whatsapp:github'] ?? '',
  'ansari-whatsapp:environments': '["production"]',
  'ansari-whatsapp:repositoryName': 'team/ansari',
};
const PRODUCTION = {
  ...environmentConfig({ sharedStack: 'shared-production', image: IMAGE, domain: 'whatsapp.example.org' }),
  ...ELSEWHERE,
};
const account = '210987654321';

/** Production in an account and a region of its own. */
describe('production in another account', () => {
  let shared: Recording;
  let production: Recording;
  beforeAll(async () => {
    shared = await record({ stack: 'shared-production', config: SHARED, account });
    const references = { 'shared-production': shared.outputs };
    production = await record({
      stack: 'production',
      config: PRODUCTION,
      encrypted: ENCRYPTED,
      account,
      references,
    });
  });

  it('has a shared stack without resources for staging', () => {
    const names = shared.resources.flatMap(({ name, inputs }) => [name, String(inputs.name)]);
    expect(names.filter((name) => name.includes('staging'))).toEqual([]);
    expect(names).toContain('ansari-whatsapp-deploy-production');
    expect(Object.keys(Object(shared.outputs.keyArns))).toEqual(['production']);
    expect(Object.keys(Object(shared.outputs.deployRoleArns))).toEqual([
      'build-push',
      'deploy-production',
      'drift-production',
    ]);
  });

  it('has the configured name of the repository in every policy', () => {
    expect(shared.outputs).toMatchObject({
      repositoryName: 'team/ansari',
      repositoryUrl: `${account}.dkr.ecr.${REGION}.amazonaws.com/team/ansari`,
    });
    const all = JSON.stringify([shared.resources, production.resources]);
    expect(all).toContain(`arn:aws:ecr:${REGION}:${account}:repository/team/ansari`);
    expect(all.match(/:repository\/ansari-whatsapp/g)).toBeNull();
  });

  it('is in its region only', () => {
    const all = JSON.stringify([shared.resources, production.resources]);
    const named = [...all.matchAll(/\b[a-z]{2}-[a-z]+-\d\b/g)].map(([region]) => region);
    expect([...new Set(named)]).toEqual([REGION]);
    const region = production.resources.find(({ name }) => name === 'aws-region');
    expect(region?.inputs.insecureValue).toBe(REGION);
    const provider = production.resources.find(({ type }) => type === 'pulumi:providers:aws');
    expect(provider?.inputs.region).toBe(REGION);
  });

  it('rejects a shared stack without the environment', async () => {
    const config = { ...environmentConfig({ sharedStack: 'shared-production' }), ...ELSEWHERE };
    const references = { 'shared-production': shared.outputs };
    await expect(
      record({ stack: 'staging', config, encrypted: ENCRYPTED, account, references }),
    ).rejects.toThrow('staging is not among the environments of stack shared-production');
  });
});
