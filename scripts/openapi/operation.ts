/** How a route is described, and its form in an OpenAPI document. */
import type { BodyName } from './bodies.ts';

/** The JSON bodies by their name; other bodies by their media type, as text. */
type Content = BodyName | 'text/plain' | 'text/xml';

interface Body {
  readonly content: Content;
  /** By a name in a few words. */
  readonly examples: Readonly<Record<string, unknown>>;
}

export interface ResponseOf {
  readonly description: string;
  readonly bodies: readonly Body[];
  readonly headers?: readonly (keyof typeof HEADERS)[];
}

export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  /** With parameters in braces. */
  readonly path: string;
  readonly id: string;
  readonly tag: 'state' | 'webhooks' | 'admin';
  readonly summary: string;
  readonly description?: string;
  /** Each is one way to be allowed; `none`: nothing is needed. */
  readonly security: readonly ('none' | keyof typeof SECURITY_SCHEMES)[];
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly type: string; readonly content: BodyName; readonly example: unknown };
  readonly responses: Readonly<Record<number, ResponseOf>>;
}

const HEADERS = {
  'Retry-After': { description: 'Seconds', schema: { type: 'integer' } },
  'WWW-Authenticate': { description: '`Bearer`', schema: { type: 'string' } },
};

export const SECURITY_SCHEMES = {
  metaSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Hub-Signature-256',
    description: '`sha256=` and the HMAC-SHA256 in hex of the raw body, with the app secret',
  },
  twilioSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Twilio-Signature',
    description:
      'HMAC-SHA1 in base64 of PUBLIC_URL, the path, the query and the sorted fields, with the auth token',
  },
  adminToken: { type: 'http', scheme: 'bearer', description: 'ADMIN_TOKEN' },
  metricsToken: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN, when it is set' },
};

/** Returns the object of the operation, as OpenAPI 3.1 describes it. */
export function operationObject(operation: Operation): object {
  const { id, tag, summary, description, security, parameters, requestBody, responses } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: security.map((scheme) => (scheme === 'none' ? {} : { [scheme]: [] })),
    ...(parameters !== undefined && { parameters }),
    ...(requestBody !== undefined && {
      requestBody: {
        required: true,
        content: {
          [requestBody.type]: { schema: reference(requestBody.content), example: requestBody.example },
        },
      },
    }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [status, responseObject(response)]),
    ),
  };
}

function responseObject({ description, bodies, headers }: ResponseOf): object {
  const byType = Map.groupBy(bodies, ({ content }) => mediaType(content));
  return {
    description,
    ...(headers !== undefined && {
      headers: Object.fromEntries(headers.map((name) => [name, HEADERS[name]])),
    }),
    content: Object.fromEntries([...byType].map(([type, ofType]) => [type, contentObject(ofType)])),
  };
}

function contentObject(bodies: readonly Body[]): object {
  const schemas = bodies.map(({ content }) => (isText(content) ? { type: 'string' } : reference(content)));
  const examples = Object.assign({}, ...bodies.map((body) => body.examples)) as Record<string, unknown>;
  return {
    schema: schemas.length === 1 ? schemas[0] : { oneOf: schemas },
    examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
  };
}

function isText(content: Content): content is 'text/plain' | 'text/xml' {
  return content.startsWith('text/');
}

function mediaType(content: Content): string {
  return isText(content) ? content : 'application/json';
}

function reference(name: BodyName): object {
  return { $ref: `#/components/schemas/${name}` };
}
