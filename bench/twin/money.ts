// Amounts in integer minor units, exactly.

export interface Money {
  minor_units: number;
  currency: string;
  scale: number;
}

const scales = new Map<string, number>();

/** The ISO 4217 scale of a currency. */
function scaleOf(currency: string): number {
  let scale = scales.get(currency);
  if (scale === undefined) {
    const format = /^[A-Z]{3}$/.test(currency) && new Intl.NumberFormat("en", { style: "currency", currency });
    scale = (format && format.resolvedOptions().maximumFractionDigits) || 0;
    scales.set(currency, scale);
  }
  return scale;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * The amount that a JSON number says. A double's shortest decimal form is the number that was
 * sent, as long as it has at most 15 digits; more are refused.
 */
export function money(amount: number, currency: string): Money {
  const [, sign, whole, decimals = ""] = DECIMAL.exec(String(amount)) ?? [];
  if (whole === undefined || whole.length + decimals.length > 15) throw new Error("an impossible amount");
  const scale = Math.max(scaleOf(currency), decimals.length);
  const units = Number(whole + decimals.padEnd(scale, "0"));
  if (!Number.isSafeInteger(units)) throw new Error("an impossible amount");
  return { minor_units: sign ? -units : units, currency, scale };
}
