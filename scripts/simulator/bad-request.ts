/** A request that cannot be done. The message says why. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}
