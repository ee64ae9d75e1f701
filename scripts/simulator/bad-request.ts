/** Something was asked that cannot be done; the message says why. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}
