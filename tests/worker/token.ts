/** The admin token of the tests. No answer may ever contain it. */
export const ADMIN_TOKEN = 'test-admin-token-7b1f4c2e'
