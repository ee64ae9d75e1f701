import { describe, expect, it } from 'vitest';
import { imageMismatch } from '#infra/web-service.ts';
import { DIGEST } from './configurations.ts';
import { at, ofType, one, RECORDINGS } from './graph.ts';

const SERVICE = 'aws:apprunner/service:Service';
const EXPRESS = 'aws:ecs/expressGatewayService:ExpressGatewayService';

describe.each(['staging on apprunner', 'production on apprunner'] as const)('the web service: %s', (name) => {
  const { stack } = RECORDINGS[name];
  const service = one(name, SERVICE, 'web');
  const image = at(service.inputs, 'sourceConfiguration', 'imageRepository');

  it('has the expected size, port and name', () => {
    expect(service.inputs.serviceName).toBe(`ansari-whatsapp-${stack}`);
    expect(service.inputs.instanceConfiguration).toMatchObject({ cpu: '1024', memory: '2048' });
    expect(at(image, 'imageConfiguration', 'port')).toBe('8001');
    expect(at(image, 'imageIdentifier')).toBe(DIGEST);
  });

  it('is healthy when it responds to GET /, and has 90 seconds to start', () => {
    const check = service.inputs.healthCheckConfiguration;
    expect(check).toMatchObject({ protocol: 'HTTP', path: '/' });
    expect(Number(at(check, 'interval')) * Number(at(check, 'unhealthyThreshold'))).toBeGreaterThanOrEqual(
      90,
    );
  });

  it('is deployed by Pulumi only', () => {
    expect(at(service.inputs, 'sourceConfiguration', 'autoDeploymentsEnabled')).toBe(false);
  });

  it('pulls with a role of the shared stack', () => {
    expect(at(service.inputs, 'sourceConfiguration', 'authenticationConfiguration', 'accessRoleArn')).toBe(
      RECORDINGS.shared.outputs.accessRoleArn,
    );
  });

  it('depends on its permissions', () => {
    expect(service.dependsOn).toContain(one(name, 'aws:iam/rolePolicy:RolePolicy', 'web').urn);
  });

  it('is replaced after the deletion of its predecessor, whose name it has', () => {
    expect(service.deleteBeforeReplace).toBe(true);
    expect(
      one(name, 'aws:apprunner/autoScalingConfigurationVersion:AutoScalingConfigurationVersion', 'web')
        .deleteBeforeReplace,
    ).toBe(false);
  });

  it('reads its variables from Parameter Store, and restarts when one changes', () => {
    const configuration = at(image, 'imageConfiguration');
    expect(at(configuration, 'runtimeEnvironmentSecrets', 'META_APP_SECRET')).toMatch(
      new RegExp(
        `^arn:aws:ssm:us-west-2:\\d{12}:parameter/app-runtime/ansari-whatsapp/${stack}/meta-app-secret$`,
      ),
    );
    expect(Object.keys(Object(at(configuration, 'runtimeEnvironmentVariables')))).toEqual([
      'CONFIG_REVISION',
    ]);
  });

  it('is traced and has its domain when configured', () => {
    expect(at(service.inputs, 'observabilityConfiguration', 'observabilityEnabled')).toBe(true);
    expect(
      one(name, 'aws:apprunner/customDomainAssociation:CustomDomainAssociation', 'web').inputs,
    ).toMatchObject({
      domainName: 'whatsapp.example.org',
      enableWwwSubdomain: false,
    });
    expect(RECORDINGS[name].outputs.url).toBe('https://whatsapp.example.org');
  });
});

describe.each(['staging on ecs-express', 'production on ecs-express'] as const)(
  'the web service: %s',
  (name) => {
    const service = one(name, EXPRESS, 'web');

    it('is the same container behind the same health check', () => {
      expect(service.inputs).toMatchObject({
        cpu: '1024',
        memory: '2048',
        healthCheckPath: '/',
        waitForSteadyState: true,
      });
      expect(service.inputs.primaryContainer).toMatchObject({ image: DIGEST, containerPort: 8001 });
    });

    it('runs in the configured network, listed in a stable order', () => {
      expect(service.inputs.networkConfigurations).toEqual([
        {
          subnets: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
          securityGroups: ['sg-0123456789abcdef0'],
        },
      ]);
    });

    it('sets all four values of its scaling target', () => {
      expect(Object.keys(Object(at(service.inputs, 'scalingTargets', 0)))).toHaveLength(4);
    });

    it('lists its variables in a stable order', () => {
      const names = Object(at(service.inputs, 'primaryContainer', 'secrets')).map((entry: unknown) =>
        at(entry, 'name'),
      );
      expect(names).toEqual([...names].sort());
      expect(names).toContain('META_APP_SECRET');
    });

    it('has the variables of App Runner', () => {
      const onAppRunner = one(
        name === 'staging on ecs-express' ? 'staging on apprunner' : 'production on apprunner',
        SERVICE,
        'web',
      );
      const there = at(
        onAppRunner.inputs,
        'sourceConfiguration',
        'imageRepository',
        'imageConfiguration',
        'runtimeEnvironmentSecrets',
      );
      const here = Object(at(service.inputs, 'primaryContainer', 'secrets')).map((entry: unknown) =>
        at(entry, 'name'),
      );
      expect(here).toEqual(
        Object.keys(Object(there))
          .filter((variable) => variable !== 'PUBLIC_URL')
          .sort(),
      );
    });

    it('is deleted before its permissions', () => {
      const permissions = ofType(name, 'aws:iam/rolePolicy:RolePolicy').filter(({ name: role }) =>
        role.startsWith('web'),
      );
      expect(permissions).toHaveLength(2);
      expect(service.dependsOn).toEqual(expect.arrayContaining(permissions.map(({ urn }) => urn)));
    });
  },
);

describe('another image than the requested one', () => {
  it('is reported', () => {
    expect(imageMismatch('a.example/b@sha256:11', 'a.example/b@sha256:22')).toContain('rolled back');
    expect(imageMismatch('a.example/b@sha256:11', 'no image')).toBeDefined();
  });

  it('is not reported for the same digest under another name', () => {
    expect(imageMismatch('a.example/b@sha256:11', 'a.example/b:tag@sha256:11')).toBeUndefined();
  });
});
