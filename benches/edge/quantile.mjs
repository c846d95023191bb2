/** The quantile of sorted values by the nearest rank: the least value that is not below this share of them. */
export function quantile(sorted, share) {
  if (sorted.length === 0) throw new RangeError('there is no quantile of nothing')
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

/** What a command prints of many values. */
export function spread(values) {
  const sorted = Float64Array.from(values).sort()
  return {
    count: sorted.length,
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
  }
}

/** The same as measures for `report`, of which each may have a target, such as `{ p99: '<= 5_000' }`. */
export function told(name, values, { unit = 'ms', targets = {} } = {}) {
  const { count, ...quantiles } = spread(values)
  return [
    { measure: `${name}: count`, value: count, unit: '', target: targets.count },
    ...Object.entries(quantiles).map(([which, value]) => ({
      measure: `${name}: ${which}`,
      value,
      unit,
      target: targets[which],
    })),
  ]
}

/** Numbers from 0 to 1, the same in every run of a seed. */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** The most events in any window of so many milliseconds that begins with one of them. */
export function busiest(instants, windowMs) {
  const sorted = Float64Array.from(instants).sort()
  let most = 0
  for (let first = 0, last = 0; last < sorted.length; last++) {
    while (sorted[last] - sorted[first] >= windowMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
