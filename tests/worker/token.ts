/** The tokens of the tests. No answer may ever contain one of the secret ones. */
export const ADMIN_TOKEN = 'fader_admin_test-7b1f4c2e'
export const EDGE_TOKEN = 'fader_edge_test-91c0de77'
/** Public, as those of pages are. */
export const CLIENT_TOKEN = 'fader_client_test-0d5e3a18'
