import { IAMClient } from '@aws-sdk/client-iam';
import { isRefused } from '../../../scripts/command.ts';
import { DEFAULT_REGION } from '../../names.ts';
import { roleExists, SERVICE_LINKED_ROLES } from '../bootstrap/ecs-role.ts';
import { type Access, TIMEOUTS } from '../release/aws.ts';
import { type Finding, good, skipped, warning } from '../release/checks.ts';

/** Checks that the account has the service-linked roles of ECS Express Mode; without them its first use is refused. */
export async function checkEcsRoles(access: Access = {}): Promise<Finding> {
  const iam = new IAMClient({ region: DEFAULT_REGION, requestHandler: TIMEOUTS, ...access });
  const missing: string[] = [];
  try {
    for (const [service, role] of Object.entries(SERVICE_LINKED_ROLES))
      if (!(await roleExists(iam, role))) missing.push(service);
  } catch (error) {
    if (isRefused(error)) return skipped('ecs roles', 'not allowed: iam:GetRole');
    throw error;
  } finally {
    iam.destroy();
  }
  if (missing.length === 0) return good('ecs roles', 'this account has the service-linked roles of ECS');
  return warning(
    'ecs roles',
    `this account has no service-linked role of ${missing.join(', ')}; AWS creates it with the first call, which may fail`,
    ['npm run bootstrap, or', ...missing.map(createCommand)].join('\n'),
  );
}

function createCommand(service: string): string {
  return `aws iam create-service-linked-role --aws-service-name ${service}`;
}
