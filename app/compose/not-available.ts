/** A valid configuration that this version does not support. Thrown at the start, not at the first message. */
export class NotAvailable extends Error {
  override readonly name = 'NotAvailable';
}
