import { existsSync, readFileSync } from 'node:fs'

/*
 * How many tests a runner says it ran, read from what it prints.
 * A runner that ends well without a single test has been called wrongly: that is a failure too.
 */

/** A check has no tests of its own: it is one. */
export const check = ({ code }) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 })

/** `test result: ok. 3 passed; 0 failed; …`, once for each binary: of cargo and of wasm-bindgen's runner. */
export const cargo = ({ code, output }) => {
  const lines = [...output.matchAll(/^test result: .*?(\d+) passed; (\d+) failed;/gm)]
  return honest(code, {
    passed: sum(lines.map(([, passed]) => passed)),
    failed: sum(lines.map(([, , failed]) => failed)),
  })
}

/** The closing lines of `node --test`. */
export const nodeTest = ({ code, output }) => {
  const count = (name) => sum([...output.matchAll(new RegExp(`^. ${name} (\\d+)$`, 'gm'))].map(([, found]) => found))
  return honest(code, { passed: count('pass'), failed: count('fail') + count('cancelled') })
}

/** The report that vitest writes beside what it prints. */
export const vitest =
  (path) =>
  ({ code }) => {
    const found = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
    return honest(code, { passed: found.numPassedTests ?? 0, failed: found.numFailedTests ?? 0 })
  }

function honest(code, { passed, failed }) {
  if (failed === 0 && (code !== 0 || passed === 0)) return { passed, failed: 1 }
  return { passed, failed }
}

const sum = (texts) => texts.reduce((total, text) => total + Number(text), 0)
