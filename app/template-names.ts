/** Names of the templates that a platform has approved for a business. */

/** Name and language of Meta ("Message templates"): names are lower-case letters, digits and underscores. */
export const META_TEMPLATE = /^([a-z\d_]{1,512})\/([a-z]{2,3}(?:_[A-Z]{2,3})?)$/;

/** Twilio, "Content resource". */
export const CONTENT_SID = /^HX[\da-f]{32}$/;
