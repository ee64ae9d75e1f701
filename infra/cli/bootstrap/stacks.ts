import * as z from 'zod';
import { PROJECT } from '../../names.ts';
import { mustPulumi, pulumi } from '../release/pulumi.ts';
import { aliasOf } from './key.ts';
import type { Step } from './step.ts';

const backend = z.object({ url: z.string() });
const names = z.array(z.object({ name: z.string() }));

/** Pulumi is logged in to the bucket. */
export function login(bucket: string, region: string): Step {
  return {
    name: 'login of Pulumi',
    find: async () => {
      const { code, stdout } = await pulumi(['whoami', '--verbose', '--json']);
      const url = code === 0 ? backend.parse(JSON.parse(stdout)).url : '';
      return url.startsWith(`s3://${bucket}`) ? url : undefined;
    },
    create: async () => {
      const url = `s3://${bucket}?region=${region}`;
      await mustPulumi('login', url);
      return url;
    },
  };
}

/** A stack whose secrets are encrypted with its own key. */
export function stack(name: string, region: string): Step {
  return {
    name: `stack ${name}`,
    find: async () => {
      const { code, stdout } = await pulumi(['stack', 'ls', '--json']);
      const known =
        code === 0 ? names.parse(JSON.parse(stdout)).map((found) => found.name.split('/').pop()) : [];
      return known.includes(name) ? PROJECT : undefined;
    },
    create: async () => {
      const provider = `awskms://${aliasOf(name)}?region=${region}`;
      await mustPulumi('stack', 'init', name, '--secrets-provider', provider, '--no-select');
      return provider;
    },
  };
}

/** A key of a stack's configuration, in its file, which is committed. */
export function setting(name: string, key: string, value: () => Promise<string | undefined>): Step {
  const get = () => pulumi(['config', 'get', key, '--stack', name]);
  return {
    name: `${name}: ${key}`,
    find: async () => {
      const { code, stdout } = await get();
      return code === 0 && stdout.trim() === (await value()) ? stdout.trim() : undefined;
    },
    create: async () => {
      const wanted = await value();
      if (wanted === undefined) return 'not known, left as it is';
      await mustPulumi('config', 'set', key, wanted, '--stack', name);
      return wanted;
    },
  };
}
