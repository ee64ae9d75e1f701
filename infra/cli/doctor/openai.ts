/** Checks at OpenAI, or at what stands at `OPENAI_API_URL`: the key, and the model that it may use. */
import * as z from 'zod';
import { heldIn } from '../../../app/config/secret-shapes.ts';
import { plainVariables } from '../plan/stack-file.ts';
import { bad, type Finding, good, skipped } from '../release/checks.ts';
import { ask } from './ask.ts';
import type { StackConfig } from './meta-of-stack.ts';
import { secretOf } from './secret-of.ts';

export interface OpenAiTarget {
  /** Without a slash at the end: `https://api.openai.com/v1`. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
  readonly stack: string;
}

const model = z.object({ id: z.string() });
const refusal = z
  .object({ error: z.object({ message: z.string() }) })
  .transform(({ error }) => error.message);

/** Asks for the model (OpenAI API reference, "Retrieve model"), which costs nothing. */
export async function checkOpenAi({ url, key, model: wanted, stack }: OpenAiTarget): Promise<Finding> {
  const found = await ask({
    url: `${url}/models/${encodeURIComponent(wanted)}`,
    authorization: `Bearer ${key}`,
    shape: model,
    refusal,
  });
  if ('body' in found) return good('openai', `the key may use ${found.body.id}`);
  // OpenAI repeats a part of a wrong key.
  const message = found.refusal.message.replaceAll(/\bsk-[\w*-]+/g, 'sk-…');
  switch (found.refusal.status) {
    case 401:
    case 403:
      return bad('openai', message, `pulumi config set --secret OPENAI_API_KEY --stack ${stack}`);
    case 404:
      return bad(
        'openai',
        `${wanted} cannot be used: ${message}`,
        `pulumi config set --path environment.OPENAI_MODEL <model> --stack ${stack}\nSome servers that speak OpenAI's protocol list no models: then this finding means nothing.`,
      );
    default:
      return bad('openai', message, `Check the network, proxies and OPENAI_API_URL: curl -sS ${url}/models`);
  }
}

/** Resolves to no findings for a stack with another assistant. */
export async function checkOpenAiOfStack({
  stack,
  environment,
  missing,
  hasPulumi,
}: StackConfig): Promise<Finding[]> {
  const plain = plainVariables(environment) ?? {};
  if (plain.ASSISTANT !== 'openai') return [];
  const name = 'OPENAI_API_KEY';
  const secret = missing.includes(name) ? undefined : await secretOf(stack, name, hasPulumi);
  const held = heldIn(name, secret);
  const key = typeof held === 'string' ? undefined : (held[name] ?? secret);
  const wanted = missing.includes('OPENAI_MODEL') ? undefined : plain.OPENAI_MODEL;
  if (key === undefined || wanted === undefined) {
    const set = `pulumi config set --secret ${name} --stack ${stack}\npulumi config set --path environment.OPENAI_MODEL <model> --stack ${stack}`;
    return [skipped('openai', typeof held === 'string' ? `${name} ${held}` : 'no key or no model', set)];
  }
  const url = (plain.OPENAI_API_URL ?? 'https://api.openai.com/v1').replace(/\/+$/, '');
  return [await checkOpenAi({ url, key, model: wanted, stack })];
}
