import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../fakes/folder.ts';

/** The rule by which the stand-in names Terraform's data sources, and its correction: those of EC2 have no prefix. */
const RULE = "return `aws_${group === 'index' ?";
const WITH_EC2 = "return `aws_${group === 'index' || group === 'ec2' ?";

/**
 * Returns a PATH on which the stand-in for Pulumi's plugin also has the functions of EC2. Returns the given PATH when there
 * is no
 * such plugin, or when it has them already.
 */
export function pathWithEc2(path = process.env.PATH ?? ''): string {
  const found = spawnSync('sh', ['-c', 'command -v pulumi-resource-aws']).stdout.toString().trim();
  const names = join(dirname(found), 'names.js');
  if (found === '' || !existsSync(names)) return path;
  const source = readFileSync(names, 'utf8');
  if (!source.includes(RULE)) return path;
  const folder = temporaryFolder();
  cpSync(dirname(found), folder, { recursive: true });
  writeFileSync(join(folder, 'names.js'), source.replaceAll(RULE, WITH_EC2), { mode: 0o644 });
  return `${folder}:${path}`;
}
