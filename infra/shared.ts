import { providerFor } from './account.ts';
import { alarmKey } from './alarm-key.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { Boundary } from './boundary.ts';
import { Budget } from './budget.ts';
import { DeployRoles } from './deploy-roles.ts';
import { GitHub } from './github.ts';
import { Key } from './key.ts';
import { type EnvironmentName, PROJECT } from './names.ts';
import { inAccount, perEnvironment } from './per-environment.ts';
import { Registry } from './registry.ts';
import { ServiceRoles } from './service-roles.ts';
import type { AccountSettings } from './settings/read.ts';

/** The stack `shared`: what an account has once, before anything runs in it, for the environments that live there. */
export function shared(settings: AccountSettings) {
  const { provider, place } = providerFor(settings.stack, settings);
  const options = { providers: [provider] };
  const { environments, repositoryName } = settings;
  const registry = new Registry('registry', { place, repositoryName }, options);
  const repositoryArn = registry.arn;
  const roles = new ServiceRoles('service-roles', { place, repositoryArn }, options);
  const { alarmEmail } = settings;
  const alarmKeyArn = alarmKey(place, options).arn;
  const topicOf = (environment: EnvironmentName) =>
    new AlarmTopic(
      `${environment}-alarms`,
      {
        environment,
        place,
        keyArn: alarmKeyArn,
        ...(alarmEmail === undefined ? {} : { email: alarmEmail }),
      },
      options,
    ).arn;
  const alarmTopicArns = perEnvironment(environments, topicOf);
  if (alarmEmail !== undefined && settings.monthlyBudgetUsd > 0) {
    new Budget('budget', { monthlyUsd: settings.monthlyBudgetUsd, email: alarmEmail }, options);
  }

  const keyOf = (environment: EnvironmentName) =>
    new Key(
      `${environment}-key`,
      {
        place,
        alias: `${PROJECT}-${environment}`,
        description: `Secrets of ansari-whatsapp in ${environment}`,
      },
      options,
    ).arn;
  const keyArns = perEnvironment(environments, keyOf);
  const secretArns = { staging: settings.stagingSecretArns, production: settings.productionSecretArns };
  const boundaryOf = (environment: EnvironmentName) =>
    new Boundary(
      `${environment}-boundary`,
      {
        environment,
        place,
        keyArn: inAccount(keyArns, environment),
        repositoryArn,
        secretArns: secretArns[environment],
      },
      options,
    ).arn;
  const boundaryArns = perEnvironment(environments, boundaryOf);

  const github = new GitHub(
    'github',
    {
      repository: settings.github,
      ownerId: settings.githubOwnerId,
      repositoryId: settings.githubRepositoryId,
      providerArn: settings.githubOidcProviderArn,
    },
    options,
  );
  const deploying = new DeployRoles(
    'deploy-roles',
    {
      environments,
      place,
      github,
      repositoryArn,
      topicArns: alarmTopicArns,
      accessRoleArn: roles.accessRoleArn,
      infrastructureRoleArn: roles.infrastructureRoleArn,
      passableRoleArns: settings.passableRoleArns,
      boundaryArns,
      keyArns,
      states: statesOf(settings),
    },
    options,
  );

  return {
    repositoryUrl: registry.url,
    repositoryName,
    repositoryArn,
    accessRoleArn: roles.accessRoleArn,
    infrastructureRoleArn: roles.infrastructureRoleArn,
    passableRoleArns: settings.passableRoleArns,
    secretArns,
    alarmTopicArns,
    // HEAD is the default branch, whatever its name.
    runbookUrl: `https://github.com/${settings.github}/blob/HEAD/docs/runbook.md`,
    keyArns,
    boundaryArns,
    deployRoleArns: deploying.arns,
  };
}

function statesOf(settings: AccountSettings) {
  const common = { bucket: settings.stateBucket, sharedKeyArn: settings.stateKeyArn };
  return {
    staging: { ...common, ownKeyArn: settings.stagingStateKeyArn },
    production: { ...common, ownKeyArn: settings.productionStateKeyArn },
  };
}
