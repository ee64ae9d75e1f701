/** The parts of a resource name that differ between runs or between similar resources. */
import type { Call } from './calls.ts';

const GENERIC: readonly (readonly [RegExp, string])[] = [
  [/(:key\/)[0-9a-f-]{36}$/, '$1{id}'],
  [/(:event-source-mapping:)[0-9a-f-]{36}$/, '$1{id}'],
  [/(:service-(?:deployment|revision)\/.+)\/[^/]+$/, '$1/{id}'],
  [/(:task-definition\/[^:]+):\d+$/, '$1:{revision}'],
  [/(:log-group:\/aws\/apprunner\/[^/]+)\/[^/]+/, '$1/{id}'],
  [/(:alarm:ansari-whatsapp-[a-z]+)-.+$/, '$1-{alarm}'],
  [/(:parameter\/app-runtime\/.+)\/[^/]+$/, '$1/{parameter}'],
  [/(:ansari-whatsapp-[a-z-]+alarms|:alarms|:sns:[^:]+:[^:]+:[\w-]+):[0-9a-f-]{36}$/, '$1:{id}'],
  // The state of Pulumi: history and locks are separate files.
  [/(\.pulumi\/(?:history|backups|locks)\/.+)\/[^/]+$/, '$1/{file}'],
];

/** `names` maps ARNs of keys to their names: `secrets-staging`. */
export function generic({ action, resource, context }: Call, names: ReadonlyMap<string, string>): Call {
  const key = names.get(resource);
  return {
    action,
    resource:
      key === undefined
        ? GENERIC.reduce((arn, [pattern, name]) => arn.replace(pattern, name), resource)
        : resource.replace(/\/.*$/, `/{${key}}`),
    context,
  };
}
