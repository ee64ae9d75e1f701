import type { Channel } from '../../ports/channel.ts';

interface Recorded {
  /** UTF-16 units. */
  readonly length: number;
}

interface RecordingOptions {
  readonly newId: () => string;
  /** Told of each reply that would have been sent. */
  readonly record: (reply: Recorded) => void;
}

/** Takes every part and sends none (`MOCK_META_API`): for trying the service where no platform may be called. */
export function createRecordingChannel({ newId, record }: RecordingOptions, like: Channel): Channel {
  return {
    ...like,
    async send(_business, _to, { text }) {
      record({ length: text.length });
      return `recorded.${newId()}`;
    },
    async showTyping() {},
  };
}
