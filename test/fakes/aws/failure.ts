export interface Call {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** An error response of AWS. */
export class Failure extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
