/**
 * A stand-in for Lambda's Node.js runtime, whose own client needs a compiler to be installed. It follows the documentation
 * ("Building a custom runtime", and the loading rules of the runtime interface client): the module of the handler is
 * `<name>.js`
 * of the type in the nearest package.json, or `<name>.mjs`, or `<name>.cjs`; an error of the module is an initialisation error;
 * invocations run one after another, and an uncaught error ends the process.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API = '', LAMBDA_TASK_ROOT = '', _HANDLER = '' } = process.env;
const API = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

type Handler = (event: unknown, context: object) => unknown;

/** The path for an uncaught error: of the initialisation or of the current invocation. */
let errorPath = 'init/error';

async function postError(path: string, error: unknown): Promise<void> {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const body = { errorType: name, errorMessage: message, stackTrace: stack.split('\n') };
  await fetch(`${API}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'Lambda-Runtime-Function-Error-Type': name },
    body: JSON.stringify(body),
  });
}

process.on('uncaughtException', (error) => void postError(errorPath, error).then(() => process.exit(129)));
process.on('unhandledRejection', (error) => void postError(errorPath, error).then(() => process.exit(128)));

async function load(): Promise<Handler> {
  const [name = '', property = ''] = _HANDLER.split('.');
  const file = ['.js', '.mjs', '.cjs']
    .map((ending) => join(LAMBDA_TASK_ROOT, name + ending))
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error(`Cannot find module '${name}'`);
  const loaded: Record<string, unknown> = await import(pathToFileURL(file).href);
  const handler = loaded[property];
  if (typeof handler !== 'function') throw new Error(`${_HANDLER} is undefined or not exported`);
  // Node.js 24: "no longer supports callback-based function handlers".
  if (handler.length > 2) throw new Error(`${_HANDLER} takes a callback`);
  return (event, context) => Reflect.apply(handler, undefined, [event, context]);
}

async function next(handler: Handler): Promise<void> {
  const invocation = await fetch(`${API}/invocation/next`);
  const id = invocation.headers.get('Lambda-Runtime-Aws-Request-Id') ?? '';
  const deadline = Number(invocation.headers.get('Lambda-Runtime-Deadline-Ms'));
  errorPath = `invocation/${id}/error`;
  const event: unknown = await invocation.json();
  const context = {
    awsRequestId: id,
    invokedFunctionArn: invocation.headers.get('Lambda-Runtime-Invoked-Function-Arn'),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const result = await handler(event, context);
    await fetch(`${API}/invocation/${id}/response`, { method: 'POST', body: JSON.stringify(result ?? null) });
  } catch (error) {
    await postError(`invocation/${id}/error`, error);
  }
}

const handler = await load();
for (;;) await next(handler);
