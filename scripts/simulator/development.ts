/** Credentials of the local system. They are valid nowhere else, so they may be public. */
export const DEVELOPMENT = {
  appSecret: 'development-app-secret',
  verifyToken: 'development-verify-token',
  accessToken: 'development-access-token',
  number: '100000000000001',
  backendKey: 'development-backend-key',
  twilio: {
    accountSid: `AC${'0'.repeat(31)}1`,
    authToken: 'development-auth-token',
    number: '+14155238886',
  },
} as const;

/** The people at the start. One of them hides the phone number. */
export const DEVELOPMENT_PEOPLE = [
  { name: 'Amina', phone: '15550000001' },
  { name: 'يوسف', phone: '15550000002' },
  { name: 'Noor (no number)', userId: 'US.13491208655302741918', username: 'noor.writes' },
] as const;
