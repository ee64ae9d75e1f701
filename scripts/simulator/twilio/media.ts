import type { Media } from '../media.ts';

type File = ReturnType<Media['sample']>;

/** Returns the address of a file of a message: `ME` and 32 digits, under the account and the message. */
export function mediaUrl(media: Media, accountSid: string, messageSid: string, file: File): string {
  const { origin } = new URL(media.urlOf(file));
  return `${origin}/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${sidOf(file)}`;
}

function sidOf({ id }: File): string {
  return `ME${id.padStart(32, '0')}`;
}

/** Returns the file of a media SID. */
export function findMedia(media: Media, sid: string): File | undefined {
  return /^ME0{16}[0-9]{16}$/.test(sid) ? media.find(sid.slice(18)) : undefined;
}
