import type { Channel } from '../../ports/channel.ts';

interface Recorded {
  /** UTF-16 units. */
  readonly length: number;
}

interface RecordingOptions {
  readonly newId: () => string;
  /** Called with each reply that would have been sent. */
  readonly record: (reply: Recorded) => void;
}

/** Accepts every part and sends none (`MOCK_META_API`), for environments that must not call the platform. */
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
