import type { Maintenance } from '../../ports/store.ts';
import { type DuePorts, findingWork } from './due.ts';
import { forgetting, type RetentionPorts } from './retention.ts';

/** The sweep, the backlog and retention. */
export function maintenance(ports: DuePorts & RetentionPorts): Maintenance {
  return { ...findingWork(ports), forgetOld: forgetting(ports) };
}
