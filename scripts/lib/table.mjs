/** Lays rows out in columns: the first to the left, the others to the right. */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String))
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const line = (row) =>
    row
      .map((cell, column) => pad(cell, widths[column], column))
      .join('  ')
      .trimEnd()
  const [first, ...others] = cells.map(line)
  return [first, widths.map((width) => '-'.repeat(width)).join('  '), ...others].map((text) => `  ${text}`).join('\n')
}

const pad = (cell, width, column) => (column === 0 ? cell.padEnd(width) : cell.padStart(width))

/** Groups the digits of a number; a small one that is not whole keeps four of them. */
export function number(value) {
  const small = Math.abs(value) < 1000 && !Number.isInteger(value)
  return value.toLocaleString('en', small ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 0 })
}
