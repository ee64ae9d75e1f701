/** What docs/openapi.yaml says, read from the file and not from its source. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { BODIES, type BodyName } from '#scripts/openapi/bodies.ts';

const Content = z.record(
  z.string(),
  z.object({
    schema: z.record(z.string(), z.unknown()),
    examples: z.record(z.string(), z.object({ value: z.unknown() })),
  }),
);
const ResponseObject = z.object({
  content: Content,
  headers: z.record(z.string(), z.unknown()).default({}),
});
const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ responses: z.record(z.string(), ResponseObject) })),
  ),
});

const page = Document.parse(parse(readFileSync('docs/openapi.yaml', 'utf8')));
const operations = Object.entries(page.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { responses }]) => ({
    route: `${method.toUpperCase()} ${path}`,
    responses,
  })),
);
/** Each response that the page documents. */
export const documented = operations.flatMap(({ route, responses }) =>
  Object.entries(responses).map(([status, response]) => ({ route, status: Number(status), response })),
);

/** Returns the schemas that a body of this type may have; a text has none. */
export function schemasOf({ content }: z.infer<typeof ResponseObject>, type: string): z.ZodType[] {
  const { $ref, oneOf = [] } = z
    .object({ $ref: z.string().optional(), oneOf: z.array(z.object({ $ref: z.string() })).optional() })
    .parse(content[type]?.schema ?? {});
  return [...($ref === undefined ? [] : [$ref]), ...oneOf.map((one) => one.$ref)].map((reference) => {
    const name = reference.replace('#/components/schemas/', '');
    return BODIES[z.enum(Object.keys(BODIES) as BodyName[]).parse(name)];
  });
}

/** Returns whether the body has exactly the fields of the schema. */
export function fits(schema: z.ZodType, body: unknown): boolean {
  const parsed = schema.safeParse(body);
  return parsed.success && JSON.stringify(sorted(parsed.data)) === JSON.stringify(sorted(body));
}

/** Returns the value with the fields of its objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([name, field]) => [name, sorted(field)])
    .sort(([one], [two]) => (String(one) < String(two) ? -1 : 1));
}

/** Such as `GET /health`. */
export const routes = operations.map(({ route }) => route);
