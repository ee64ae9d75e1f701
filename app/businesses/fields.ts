/** Reading a document of a database field by field: a wrong field is a problem and does not hide the others. */
import { z } from 'zod';

/** The schemas' messages are the ends of sentences that begin with the field's path. */
export const flag = z.boolean({ error: 'must be true or false' });

export const digits = z
  .string({ error: 'must be text of digits' })
  .regex(/^\d{1,32}$/, { error: 'must be digits only' });

export function text(maxLength: number) {
  const error = `must be text of 1 to ${maxLength} characters`;
  return z.string({ error }).min(1, { error }).max(maxLength, { error });
}

export function whole(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

export interface FieldReader {
  /** Sentences of this reader and of all nested ones, in the order of reading. */
  readonly problems: readonly string[];
  has(name: string): boolean;
  names(): readonly string[];
  /** Returns the value; undefined when it is absent or null, or wrong, which is a problem. */
  read<T>(name: string, schema: z.ZodType<T>, message?: string): T | undefined;
  /** As `read`; an absent value is a problem too. */
  need<T>(name: string, schema: z.ZodType<T>): T | undefined;
  /** Returns a reader of the object in the field; undefined when it is absent, or no object, which is a problem. */
  nested(name: string): FieldReader | undefined;
  /** Returns `isRight`; otherwise the message is a problem of the field. */
  check(name: string, isRight: boolean, message: string): boolean;
  /** Makes every field that was not read a problem: a misspelt name would otherwise have no effect. */
  refuseOthers(): void;
}

/** `path` stands before the names of fields in problems; empty for the document itself. */
export function createFieldReader(object: object, path = '', problems: string[] = []): FieldReader {
  const values = new Map<string, unknown>(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== null),
  );
  const known = new Set<string>();
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);

  const reader: FieldReader = {
    problems,
    has: (name) => values.has(name),
    names: () => [...values.keys()],
    read(name, schema, message) {
      known.add(name);
      if (!values.has(name)) return undefined;
      const parsed = schema.safeParse(values.get(name));
      if (parsed.success) return parsed.data;
      problems.push(`${at(name)} ${message ?? parsed.error.issues[0]?.message}`);
      return undefined;
    },
    need(name, schema) {
      if (!values.has(name)) problems.push(`${at(name)} is missing`);
      return reader.read(name, schema);
    },
    nested(name) {
      known.add(name);
      const value = values.get(name);
      if (value === undefined) return undefined;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return createFieldReader(value, at(name), problems);
      }
      problems.push(`${at(name)} must be an object`);
      return undefined;
    },
    check(name, isRight, message) {
      if (!isRight) problems.push(`${at(name)} ${message}`);
      return isRight;
    },
    refuseOthers() {
      for (const name of values.keys()) if (!known.has(name)) problems.push(`${at(name)} is no setting`);
    },
  };
  return reader;
}
