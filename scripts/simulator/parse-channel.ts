import { UsageError } from '../errors.ts';
import { CHANNELS, type ChannelName } from './options.ts';

/** Returns the channel that `--channel` names. Throws `UsageError`. */
export function parseChannel(value: string): ChannelName {
  const channel = CHANNELS.find((name) => name === value);
  if (channel === undefined) throw new UsageError(`--channel takes ${CHANNELS.join(' or ')}, not ${value}.`);
  return channel;
}
