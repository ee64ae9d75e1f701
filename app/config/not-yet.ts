/** What the configuration knows and this version cannot do, each with what to set instead. */
export const NOT_YET = {
  mongodb: 'BUSINESSES=mongodb is not available in this version: set BUSINESSES to env.',
  twilio:
    'Twilio is not available in this version: unset TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_WHATSAPP_NUMBER.',
};
