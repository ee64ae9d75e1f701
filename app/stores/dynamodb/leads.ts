import type { ConversationId } from '../../ports.ts';
import { text } from './attributes.ts';
import { identityPartition, isFormer, type LeadKey } from './names.ts';
import type { Held } from './rows.ts';
import type { Table } from './table.ts';

/** That a name leads to a conversation, or did so before it led elsewhere. */
export interface Lead {
  readonly name: string;
  readonly key: LeadKey;
  readonly to: ConversationId;
  readonly current: boolean;
}

/** What leads to people: a few items for each name, all of them in one partition. */
export function openLeads(conversations: Table) {
  async function of(name: string): Promise<Lead[]> {
    const who = identityPartition(name);
    const rows = await conversations.query({ where: '#conversation = :who', values: { who } });
    return rows.map((row) => {
      const key = { conversation: who, item: text(row, 'item') };
      const to = text(row, 'leads_to');
      return { name, key, to, current: !isFormer(key) };
    });
  }

  return {
    /** To whatever conversation, of any number. */
    of,

    /** By whatever name. */
    async to({ conversation: { id }, names }: Pick<Held, 'conversation' | 'names'>): Promise<Lead[]> {
      const found = await Promise.all(names.map(of));
      return found.flat().filter((lead) => lead.to === id);
    },

    /** False: it leads elsewhere meanwhile, and stays. */
    drop({ key, to }: Lead): Promise<boolean> {
      return conversations.delete(key, { when: '#leads_to = :to', values: { to } });
    },
  };
}

export type Leads = ReturnType<typeof openLeads>;
