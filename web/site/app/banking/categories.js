// Categories: Plaid's primary ones, in words, and the person's own, as she wrote them.
// https://plaid.com/docs/transactions/transactions-data/#personal-finance-categories

import { element, freshId } from "../page/dom.js";
import { field } from "../page/form.js";

const PRIMARY = [
  "INCOME", "LOAN_DISBURSEMENTS", "LOAN_PAYMENTS", "TRANSFER_IN", "TRANSFER_OUT", "BANK_FEES", "ENTERTAINMENT",
  "FOOD_AND_DRINK", "GENERAL_MERCHANDISE", "HOME_IMPROVEMENT", "MEDICAL", "PERSONAL_CARE", "GENERAL_SERVICES",
  "GOVERNMENT_AND_NON_PROFIT", "TRANSPORTATION", "TRAVEL", "RENT_AND_UTILITIES", "OTHER",
];

/** "FOOD_AND_DRINK" → "Food and drink"; the person's own stays as it is. */
export function categoryText(category) {
  if (!/^[A-Z]+(_[A-Z]+)*$/.test(category)) return category;
  const text = category.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Back again: what is called as one of Plaid's is that one. */
export function categoryOf(text) {
  const code = text.trim().replaceAll(" ", "_").toUpperCase();
  return PRIMARY.includes(code) ? code : text.trim();
}

/** Which one a transaction counts under; null where it has none. */
export const categoryShown = ({ corrected_category: own, category }) => own ?? category?.primary ?? null;

/** A field for one, which knows Plaid's and `own`; `null` where it is left empty. */
export function categoryField({ own = [], value, ...attributes }) {
  const id = freshId("categories");
  const names = new Set([...PRIMARY.map(categoryText), ...own]);
  const made = field({ maxlength: "64", optional: true, autocomplete: "off", list: id, value: value && categoryText(value), ...attributes });
  made.node.append(element("datalist", { id }, [...names].map((name) => element("option", { value: name }))));
  return { ...made, value: () => (made.input.value.trim() === "" ? null : categoryOf(made.input.value)) };
}
