/** Credentials of the machine-local system. They open nothing anywhere else, so they may be public. */
export const DEVELOPMENT = {
  appSecret: 'development-app-secret',
  verifyToken: 'development-verify-token',
  accessToken: 'development-access-token',
  number: '100000000000001',
  backendKey: 'development-backend-key',
} as const;
