export type IndexKeys = Readonly<Record<string, 1 | -1>>;

/** What look-ups of businesses need. The names are those of the collection's other programs. */
export const INDEXES: Readonly<Record<string, IndexKeys>> = {
  webhook_lookup_idx: { whatsappPhoneNumberIds: 1, whatsappEnabled: 1, isActive: 1 },
  subdomain_lookup_idx: { subDomain: 1, isActive: 1 },
  active_whatsapp_businesses_idx: { whatsappEnabled: 1, isActive: 1, createdAt: -1 },
};
