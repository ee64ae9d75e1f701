/** Parses a signed HTTP request to AWS: the service, the operation and its parameters, in all protocols of AWS. */
import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';

export interface AwsRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Operation {
  /** As in the scope of the signature: `lambda`, `monitoring`. */
  readonly service: string;
  readonly name: string;
  /** Parameters by name. Lists of the query protocol keep their flat names: `AlarmNames.member.1`. */
  readonly input: Readonly<Record<string, unknown>>;
}

const SCOPE = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/;
const input = z.record(z.string(), z.unknown());

/** Lambda's REST interface: method, path (without the API version), operation, and the names of the segments. */
const LAMBDA: readonly (readonly [string, RegExp, string, readonly string[]])[] = [
  ['POST', /^\/functions\/?$/, 'CreateFunction', []],
  ['GET', /^\/functions\/([^/]+)$/, 'GetFunction', ['FunctionName']],
  ['DELETE', /^\/functions\/([^/]+)$/, 'DeleteFunction', ['FunctionName']],
  ['PUT', /^\/functions\/([^/]+)\/code$/, 'UpdateFunctionCode', ['FunctionName']],
  ['GET', /^\/functions\/([^/]+)\/configuration$/, 'GetFunctionConfiguration', ['FunctionName']],
  ['PUT', /^\/functions\/([^/]+)\/configuration$/, 'UpdateFunctionConfiguration', ['FunctionName']],
  ['GET', /^\/functions\/([^/]+)\/versions$/, 'ListVersionsByFunction', ['FunctionName']],
  ['GET', /^\/functions\/([^/]+)\/code-signing-config$/, 'GetFunctionCodeSigningConfig', ['FunctionName']],
  ['PUT', /^\/functions\/([^/]+)\/concurrency$/, 'PutFunctionConcurrency', ['FunctionName']],
  ['DELETE', /^\/functions\/([^/]+)\/concurrency$/, 'DeleteFunctionConcurrency', ['FunctionName']],
  ['PUT', /^\/functions\/([^/]+)\/event-invoke-config$/, 'PutFunctionEventInvokeConfig', ['FunctionName']],
  ['GET', /^\/functions\/([^/]+)\/event-invoke-config$/, 'GetFunctionEventInvokeConfig', ['FunctionName']],
  [
    'POST',
    /^\/functions\/([^/]+)\/event-invoke-config$/,
    'UpdateFunctionEventInvokeConfig',
    ['FunctionName'],
  ],
  [
    'DELETE',
    /^\/functions\/([^/]+)\/event-invoke-config$/,
    'DeleteFunctionEventInvokeConfig',
    ['FunctionName'],
  ],
  ['POST', /^\/functions\/([^/]+)\/policy$/, 'AddPermission', ['FunctionName']],
  ['GET', /^\/functions\/([^/]+)\/policy$/, 'GetPolicy', ['FunctionName']],
  ['DELETE', /^\/functions\/([^/]+)\/policy\/([^/]+)$/, 'RemovePermission', ['FunctionName', 'StatementId']],
  ['POST', /^\/event-source-mappings\/?$/, 'CreateEventSourceMapping', []],
  ['GET', /^\/event-source-mappings\/([^/]+)$/, 'GetEventSourceMapping', ['UUID']],
  ['PUT', /^\/event-source-mappings\/([^/]+)$/, 'UpdateEventSourceMapping', ['UUID']],
  ['DELETE', /^\/event-source-mappings\/([^/]+)$/, 'DeleteEventSourceMapping', ['UUID']],
  ['GET', /^\/tags\/(.+)$/, 'ListTags', ['Resource']],
  ['POST', /^\/tags\/(.+)$/, 'TagResource', ['Resource']],
  ['DELETE', /^\/tags\/(.+)$/, 'UntagResource', ['Resource']],
];

/**
 * Returns undefined for a request that is not a call of AWS. Throws for a call that it cannot parse, since a recording must
 * be complete.
 */
export function operationOf(request: AwsRequest): Operation | undefined {
  const [, service] = SCOPE.exec(request.headers.authorization ?? '') ?? [];
  if (service === undefined) return undefined;
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string')
    return { service, name: target.split('.').pop() ?? '', input: parsed(request.body) };
  if (service === 'lambda') return ofLambda(request);
  if (service === 's3') return ofS3(request);
  const form = Object.fromEntries(new URLSearchParams(request.body));
  if (form.Action === undefined)
    throw new Error(`not understood: ${request.method} ${request.url} of ${service}`);
  return { service, name: form.Action, input: form };
}

function ofLambda({ method, url, body }: AwsRequest): Operation {
  const path = new URL(url, 'http://lambda').pathname.replace(/^\/\d{4}-\d\d-\d\d/, '');
  for (const [verb, pattern, name, segments] of LAMBDA) {
    const found = verb === method ? pattern.exec(path) : null;
    if (found === null) continue;
    const named = segments.map((segment, index) => [segment, decodeURIComponent(found[index + 1] ?? '')]);
    return { service: 'lambda', name, input: { ...parsed(body), ...Object.fromEntries(named) } };
  }
  throw new Error(`not understood: ${method} ${path} of lambda`);
}

/** Buckets are in the path, and only the calls of Pulumi's backend are supported. */
function ofS3({ method, url, headers }: AwsRequest): Operation {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [, Bucket = '', ...segments] = decodeURIComponent(pathname).split('/');
  const Key = segments.join('/');
  const verbs: Readonly<Record<string, string>> = { GET: 'Get', HEAD: 'Get', PUT: 'Put', DELETE: 'Delete' };
  const verb = verbs[method];
  if (Key === '' && method === 'GET') return { service: 's3', name: 'ListBucket', input: { Bucket } };
  if (verb === undefined || Key === '' || searchParams.has('uploads'))
    throw new Error(`not understood: ${method} ${url} of s3`);
  const source = headers['x-amz-copy-source'];
  const input = {
    Bucket,
    Key,
    ...(typeof source === 'string' ? { CopySource: decodeURIComponent(source) } : {}),
  };
  return { service: 's3', name: `${verb}Object`, input };
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  return body === '' ? {} : input.parse(JSON.parse(body));
}
