/** The cache of businesses, for operators. */
export interface BusinessCache {
  /** Removes all. Resolves to the number of businesses' numbers that were cached. */
  clear(): Promise<number>;
  /** Loads active businesses, the newest first, until the cache is full. Resolves to the number of numbers that it loaded. */
  warm(): Promise<number>;
  /** Removes one number. Resolves to whether it was cached. Idempotent. */
  remove(number: string): Promise<boolean>;
  figures(): RegistryFigures;
}

/** `find` counts exactly one of `hits`, `negative`, `stale` and `misses`. */
export interface CacheFigures {
  readonly size: number;
  readonly maxSize: number;
  readonly ttlSeconds: number;
  /** Found and not expired. */
  readonly hits: number;
  /** Known to belong to no usable business. */
  readonly negative: number;
  /** Expired, and used since the database did not answer. */
  readonly stale: number;
  /** All others: the database was asked, or did not answer. */
  readonly misses: number;
  /** Entries that were removed for newer ones. */
  readonly evictions: number;
  /** Look-ups of the database that failed. */
  readonly failures: number;
}

/** Connections to the database. */
export interface PoolFigures {
  readonly maxPoolSize: number;
  readonly minPoolSize: number;
  readonly inUse: number;
  /** Open and not in use. */
  readonly available: number;
}

export interface RegistryFigures {
  readonly cache: CacheFigures;
  readonly pool: PoolFigures;
}
