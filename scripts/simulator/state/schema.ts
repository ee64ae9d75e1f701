import { z } from 'zod';
import type { Bubble, Chat } from '../bubble.ts';
import { businessContentSchema } from '../content/business.ts';
import { changeSchema, contentSchema } from '../content/person.ts';
import { CHANNELS, type ChannelName } from '../options.ts';
import { makePerson, newPersonSchema, userIdSchema } from '../people.ts';

/** What is kept over a restart of the simulator. Not: faults, counts, uploads, templates and settings of the number. */
export interface KeptChats {
  readonly chats: readonly Chat[];
  /** Of people now and before: none of them is generated again. */
  readonly usedUserIds: readonly string[];
}

/** The format of the file. It changes only when an earlier file cannot be read any more. */
const VERSION = 1;

export const versionSchema = z.object({ version: z.literal(VERSION) });

const milliseconds = z.number().min(0);
const bubble = {
  id: z.string().min(1),
  order: z.int().min(1),
  at: milliseconds,
  to: z.string().exactOptional(),
  key: z.string().exactOptional(),
  progress: z.enum(['accepted', 'sent', 'delivered', 'read', 'failed']),
  code: z.int().exactOptional(),
  reason: z.string().exactOptional(),
  edited: z.string().exactOptional(),
  revoked: z.literal(true).exactOptional(),
};
const bubbleSchema = z.discriminatedUnion('by', [
  z.object({ ...bubble, by: z.literal('person'), content: z.union([contentSchema, changeSchema]) }),
  z.object({ ...bubble, by: z.literal('business'), content: businessContentSchema }),
]);

const stateSchema = z.object({
  channel: z.enum(CHANNELS),
  usedUserIds: z.array(userIdSchema),
  chats: z.array(
    z.object({
      person: newPersonSchema.required({ name: true, userId: true }),
      phoneOff: z.boolean(),
      wroteAt: milliseconds.exactOptional(),
      bubbles: z.array(bubbleSchema),
    }),
  ),
});

/** Returns the text of the file. */
export function stateText(channel: ChannelName, { chats, usedUserIds }: KeptChats): string {
  return JSON.stringify({
    version: VERSION,
    channel,
    usedUserIds,
    chats: chats.map(({ person: { id: _, ...person }, phoneOff, wroteAt, bubbles }) => ({
      person,
      phoneOff,
      wroteAt,
      bubbles: bubbles.map(({ person: _, ...rest }) => rest),
    })),
  });
}

/** Throws `ZodError` when it is not the state of this channel. */
export function parseState(channel: ChannelName, json: unknown): KeptChats {
  const state = stateSchema.extend({ channel: z.literal(channel) }).parse(json);
  const chats = state.chats.map(({ person: newPerson, bubbles, ...chat }): Chat => {
    const person = makePerson(newPerson, newPerson.name);
    return { ...chat, person, bubbles: bubbles.map((kept): Bubble => ({ ...kept, person: person.id })) };
  });
  return { chats, usedUserIds: state.usedUserIds };
}
