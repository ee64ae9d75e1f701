/** The routes of the web service that are no webhooks. */
import { VERSION } from '../../app/version.ts';
import type { Operation } from './operation.ts';
import { fails, guarded, succeeds, TIMESTAMP, UNAVAILABLE, UNEXPECTED } from './responses.ts';

export const STATE: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/', id: 'home', tag: 'state', security: ['none'] },
    summary: 'The program responds; no dependency is checked',
    responses: {
      200: {
        description: "It does. App Runner's health check",
        bodies: [
          {
            content: 'Home',
            examples: {
              ok: {
                ...{ status: 'ok', message: 'ansari-whatsapp is running', version: VERSION },
                timestamp: TIMESTAMP,
              },
            },
          },
        ],
      },
    },
  },
  {
    ...{ method: 'get', path: '/health', id: 'health', tag: 'state', security: ['none'] },
    summary: 'The process is alive; no dependency is checked',
    responses: {
      200: {
        description: 'It is',
        bodies: [
          {
            content: 'Health',
            examples: {
              healthy: {
                ...{ status: 'healthy', service: 'ansari-whatsapp', version: VERSION },
                ...{ uptime_seconds: 4711, timestamp: TIMESTAMP },
              },
            },
          },
        ],
      },
    },
  },
  {
    ...{ method: 'get', path: '/ready', id: 'readiness', tag: 'state', security: ['none'] },
    summary: 'Whether deliveries can be stored: the store, the queue and the businesses answer',
    description: 'Responds within two seconds.',
    responses: {
      200: {
        description: 'They can',
        bodies: [{ content: 'Ready', examples: { ready: { ready: true, timestamp: TIMESTAMP } } }],
      },
      503: {
        description: 'They cannot, or the process is shutting down',
        bodies: [
          {
            content: 'NotReady',
            examples: {
              leaving: { ready: false, reason: 'this instance is leaving', timestamp: TIMESTAMP },
            },
          },
        ],
      },
    },
  },
  {
    ...{ method: 'get', path: '/metrics', id: 'metrics', tag: 'state', security: ['none', 'metricsToken'] },
    summary: 'Prometheus text; with `Accept: application/json` the state of the cache of businesses',
    description: 'docs/metrics.md lists the metrics.',
    responses: {
      200: {
        description: 'The metrics of this process',
        bodies: [
          {
            content: 'text/plain',
            examples: { prometheus: 'ansari_whatsapp_deliveries_total{outcome="stored"} 12\n' },
          },
          {
            content: 'CacheFigures',
            examples: {
              'one business': {
                cache: {
                  ...{ size: 1, max_size: 1000, ttl_seconds: 300, hits: 9, misses: 1, hit_rate: 0.9 },
                  ...{ negative: 0, stale: 0, evictions: 0, failures: 0 },
                },
                connection_pool: { max_pool_size: 100, min_pool_size: 10, in_use: 1, available: 9 },
                timestamp: TIMESTAMP,
              },
            },
          },
        ],
      },
      ...guarded('metrics'),
    },
  },
];

const NO_TOKEN = fails('No ADMIN_TOKEN is set', { NOT_FOUND: 'there is no such path' });
const FAILURES = { ...guarded('admin'), 404: NO_TOKEN, 500: UNEXPECTED, 503: UNAVAILABLE };

export const ADMIN: readonly Operation[] = [
  {
    ...{ method: 'post', path: '/admin/cache/clear', id: 'clearCache', tag: 'admin' },
    security: ['adminToken'],
    summary: 'Forgets all cached businesses',
    responses: { 200: succeeds('How many', '3 businesses forgotten'), ...FAILURES },
  },
  {
    ...{ method: 'post', path: '/admin/cache/warmup', id: 'warmCache', tag: 'admin' },
    security: ['adminToken'],
    summary: 'Reads all businesses into the cache',
    responses: { 200: succeeds('How many', '2 businesses remembered'), ...FAILURES },
  },
  {
    ...{ method: 'delete', path: '/admin/cache/{phoneNumberId}', id: 'removeFromCache', tag: 'admin' },
    security: ['adminToken'],
    summary: 'Forgets one business. Idempotent',
    parameters: [
      {
        ...{ name: 'phoneNumberId', in: 'path', required: true, schema: { type: 'string' } },
        description: "The number's id at Meta",
      },
    ],
    responses: { 200: succeeds('Whether it was cached', 'forgotten'), ...FAILURES },
  },
];
