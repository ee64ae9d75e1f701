/** The only reader of Pulumi's configuration. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import * as z from 'zod';
import { PROJECT } from './names.ts';
import { InvalidSettings } from './settings/problems.ts';
import { readSettings, type Settings } from './settings/read.ts';

/** The folder of `Pulumi.yaml`: what paths in the configuration are relative to. */
export const PROJECT_FOLDER = resolve(import.meta.dirname, '..');

/** Returns the settings of the running stack. Throws `RunError` with every problem, before any resource is created. */
export function settingsOfStack(): Settings {
  const encrypted = encryptedKeys();
  try {
    return readSettings({
      stack: pulumi.getStack(),
      values: pulumi.runtime.allConfig(),
      ...(encrypted === undefined ? {} : { encrypted }),
      exists: (path) => existsSync(resolve(PROJECT_FOLDER, path)),
    });
  } catch (error) {
    if (error instanceof InvalidSettings) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** The value of a secret that the settings name. */
export function secretValue(name: string): pulumi.Output<string> {
  return new pulumi.Config(PROJECT).requireSecret(name);
}

/** Pulumi's language host passes the names of the encrypted keys in this variable, and nowhere else. */
function encryptedKeys(): ReadonlySet<string> | undefined {
  const keys = process.env.PULUMI_CONFIG_SECRET_KEYS;
  return keys === undefined ? undefined : new Set(z.array(z.string()).parse(JSON.parse(keys)));
}
