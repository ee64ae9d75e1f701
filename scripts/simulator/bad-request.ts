/** A request that cannot be done. The message says why. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** A request that is right and cannot be done here or now. The message says why. */
export class Impossible extends Error {
  override readonly name = 'Impossible';
}
