/*
 * Loaded before the worker, so that the time it reads is this one. It is the machine's until somebody sets it forward.
 */

const machine = Date.now.bind(Date)
export const clock = { aheadMs: 0 }
Date.now = () => machine() + clock.aheadMs
