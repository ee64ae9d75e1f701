/** A row of the table of variables. The table is data, read by the program, by `infra` and by `npm run docs`. */
import { z } from 'zod';

/** The programs of a stack. `docs/decisions/0102` says how each one gets its variables. */
export type Program = 'web service' | 'worker';

/** When a missing value is an error at the start. */
export type Condition =
  | { readonly when: string; readonly is: string }
  /** As soon as one of them is set. */
  | { readonly withAny: readonly string[] }
  /** As long as none of them is set. */
  | { readonly withNone: readonly string[] }
  | { readonly anyOf: readonly Condition[] }
  | { readonly allOf: readonly Condition[] };

/** The format of a secret: a token, comma-separated tokens, encryption keys, a URL with a password, or headers. */
export type SecretForm = 'token' | 'tokens' | 'keys' | 'connection string' | 'headers';

export interface Row {
  /** One or two sentences for operators. */
  readonly about: string;
  readonly default?: string;
  /** The default where `DEPLOYMENT_TYPE` is `local`: what the simulator and the reference backend use. */
  readonly local?: string;
  /** Its value never appears in a message, a document or a plan. */
  readonly secret?: SecretForm;
  /** Tokens, questions or answers are sent to this address. */
  readonly upstream?: true;
  /** Names that mean the same; the documented one takes precedence. */
  readonly aliases?: readonly string[];
  /** Names in programs that this one replaces: read with a warning where neither the name nor an alias is set. */
  readonly olderNames?: readonly string[];
  readonly requiredWhen?: Condition;
  /** When a stack has to set it although it has a default, which is valid on one machine only. */
  readonly requiredInAws?: Condition;
  /** Ends the sentence "Set it to". */
  readonly set?: string;
  /**
   * The programs that get it in AWS. Absent where a stack does not need it: a file or port of one machine, a variable of
   * the AWS SDK, or a predecessor of another variable. Both programs check the whole configuration at the start, so both
   * read every required variable.
   */
  readonly readBy?: readonly Program[];
  /** Default: the operator. */
  readonly setBy?: 'infra';
}

export interface Variable extends Row {
  readonly name: string;
  readonly group: string;
}

type WithValue = Row & { readonly default: string };

const ROWS = z.registry<Row>();

/**
 * The schema of a variable, with its row attached. A variable that has a default has a value in the parsed environment;
 * every other one may be undefined there.
 */
export function variable<Schema extends z.ZodType>(schema: Schema, row: WithValue): Schema;
export function variable<Schema extends z.ZodType>(schema: Schema, row: Row): z.ZodOptional<Schema>;
export function variable(schema: z.ZodType, row: Row): z.ZodType {
  // A copy, since one schema serves several variables.
  return (row.default !== undefined ? schema.clone() : schema.optional()).register(ROWS, row);
}

/** The row that `variable` attached. Throws for a schema that `variable` did not make. */
export function rowOf(name: string, schema: z.ZodType): Row {
  const row = ROWS.get(schema);
  if (row === undefined) throw new Error(`${name} is not documented`);
  return row;
}
