/** Where the emulated account is. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-west-2';
