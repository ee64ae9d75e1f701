import { z } from 'zod';
import { CommandError } from '../errors.ts';

/** The control routes of a running simulator. Each rejects with `CommandError`, whose message is the simulator's own. */
export interface ControlClient {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
  remove(path: string): Promise<void>;
}

const errorSchema = z.object({ error: z.string() });
/** A replay waits a minute for each reply. */
const TIMEOUT_MS = 600_000;

/** `url`: of the simulator, such as `http://localhost:8002`. `ready` is awaited before each call. */
export function createControlClient(url: string, ready: Promise<unknown> = Promise.resolve()): ControlClient {
  async function call<T>(path: string, init: RequestInit, schema: z.ZodType<T>): Promise<T> {
    await ready;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(`${url}/control/${path}`, { ...init, signal }).catch((cause: unknown) => {
      throw new CommandError(`The simulator at ${url} does not respond. Is \`npm run dev\` running?`, {
        cause,
      });
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const error = errorSchema.safeParse(body).data?.error ?? `status ${response.status}`;
      throw new CommandError(`${path.split('?')[0]}: ${error}`);
    }
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new CommandError(
      `${path.split('?')[0]}: the simulator is of another version:\n${z.prettifyError(parsed.error)}`,
    );
  }

  return {
    get: (path, schema) => call(path, {}, schema),
    post: (path, body, schema) => call(path, { method: 'POST', body: JSON.stringify(body) }, schema),
    async remove(path) {
      await call(path, { method: 'DELETE' }, z.unknown());
    },
  };
}
