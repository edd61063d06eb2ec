// Sums of what came in and went out. The API's figures are whole minor units, so that adding them up
// is exact; currencies are never mixed.

/** Sums by currency: `{ currency, scale, into, out, count }`. */
export const byCurrency = (totals) => summed(totals, ({ currency }) => currency);

/** Sums by category, of one currency, the largest first. */
export const byCategory = (totals) =>
  summed(totals, ({ category }) => category).sort((one, other) => Math.max(other.into, other.out) - Math.max(one.into, one.out));

function summed(totals, keyOf) {
  const sums = new Map();
  for (const total of totals) {
    const key = keyOf(total);
    const { currency, scale, category } = total;
    const sum = sums.get(key) ?? { currency, scale, category, into: 0, out: 0, count: 0 };
    sum.into += total.in_minor_units;
    sum.out += total.out_minor_units;
    sum.count += total.count;
    sums.set(key, sum);
  }
  return [...sums.values()];
}
