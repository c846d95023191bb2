const format = new Intl.NumberFormat('en-IE', {
  style: 'currency',
  currency: 'EUR',
  trailingZeroDisplay: 'stripIfInteger',
})

/** An amount in euro, with cents only where there are any. */
export const euro = (amount: number): string => format.format(amount)
