// Amounts, exactly: digits are moved as text and never pass through floating point.

/** `{minor_units, currency, scale}` as a decimal numeral. */
export function decimal({ minor_units: units, scale }) {
  const digits = String(Math.abs(units)).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const sign = units < 0 ? "-" : "";
  return scale === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-scale)}`;
}

/** An amount as the reader writes it. */
export function moneyText(money) {
  const { currency, scale } = money;
  const digits = { minimumFractionDigits: scale, maximumFractionDigits: scale };
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency, ...digits }).format(decimal(money));
  } catch {
    // A bank's own code, which is no currency to the browser.
    return `${new Intl.NumberFormat(undefined, digits).format(decimal(money))} ${currency}`;
  }
}

/** Of a transaction: the API counts what leaves the account as positive, a reader as minus. */
export function movementText(money) {
  const text = moneyText({ ...money, minor_units: Math.abs(money.minor_units) });
  if (money.minor_units === 0) return text;
  return money.minor_units > 0 ? `−${text}` : `+${text}`;
}

/** An exact decimal as the reader writes it, with the digits it has. */
export function decimalText(numeral, options = {}) {
  const digits = numeral.split(".")[1]?.length ?? 0;
  return new Intl.NumberFormat(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits, ...options }).format(numeral);
}

/** A price of one, which may have more digits than its currency. */
export function priceText(numeral, currency) {
  const digits = Math.max(2, numeral.split(".")[1]?.length ?? 0);
  try {
    return decimalText(numeral, { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: digits });
  } catch {
    return `${decimalText(numeral)} ${currency}`;
  }
}

/** Sums, one for each currency. */
export function totals(amounts) {
  const sums = new Map();
  for (const { minor_units: units, currency, scale } of amounts) {
    const sum = sums.get(currency) ?? { minor_units: 0, currency, scale };
    sum.minor_units += units;
    sums.set(currency, sum);
  }
  return [...sums.values()];
}
