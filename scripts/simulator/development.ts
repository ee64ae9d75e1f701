/** Credentials of the machine-local system. They open nothing anywhere else, so they may be public. */
export const DEVELOPMENT = {
  appSecret: 'development-app-secret',
  verifyToken: 'development-verify-token',
  accessToken: 'development-access-token',
  number: '100000000000001',
  backendKey: 'development-backend-key',
} as const;

/** Who is there from the start; one of them hides the phone number. */
export const DEVELOPMENT_PEOPLE = [
  { name: 'Amina', phone: '15550000001' },
  { name: 'يوسف', phone: '15550000002' },
  { name: 'Noor (no number)', userId: 'US.13491208655302741918', username: 'noor.writes' },
] as const;
