// Debts: what is owed, at which rate, and what is due when.

import { get } from "../../api/request.js";
import { accountName } from "../../banking/accounts.js";
import { dateText } from "../../page/dates.js";
import { element } from "../../page/dom.js";
import { decimalText, moneyText } from "../../page/money.js";
import { nothing, section } from "./sections.js";

const KINDS = { credit: "Credit card", mortgage: "Mortgage", student: "Student loan" };

export default async function debts() {
  const [{ data: owed }, { data: accounts }] = await Promise.all([get("/v1/liabilities"), get("/v1/accounts")]);
  const byId = new Map(accounts.map((account) => [account.id, account]));
  return section("Debts",
    owed.length === 0 && nothing("No bank of yours has told of any."),
    owed.map((debt) => card(debt, byId.get(debt.account_id))));
}

function card(debt, account) {
  const title = account ? accountName(account) : debt.name ?? KINDS[debt.kind];
  return element("section", { class: "card", "aria-label": title },
    element("div", { class: "row apart" }, element("h2", {}, title), element("span", { class: "tag" }, KINDS[debt.kind] ?? debt.kind)),
    debt.is_overdue && element("p", { class: "notice warning" }, "A payment is overdue."),
    element("dl", { class: "facts" }, facts(debt, account).map(([term, text]) => [element("dt", {}, term), element("dd", {}, text)])));
}

/** What the bank told, as pairs of a term and what it is. */
function facts(debt, account) {
  return [
    ["Name", debt.name !== account?.name && debt.name],
    ["Owed", account?.balances.current && moneyText(account.balances.current)],
    ["Next payment", debt.next_payment_due_date && dateText(debt.next_payment_due_date)],
    ["At least", debt.minimum_payment && moneyText(debt.minimum_payment)],
    ["Last payment", debt.last_payment && dated(debt.last_payment.amount, debt.last_payment.date)],
    ["Last statement", debt.last_statement && dated(debt.last_statement.balance, debt.last_statement.date)],
    ["Interest", debt.interest.map(rateText).filter(Boolean).join(", ")],
    ["Borrowed", dated(debt.origination_principal, debt.origination_date)],
    ["Ends", debt.maturity_date && dateText(debt.maturity_date)],
  ].filter(([, text]) => text);
}

const dated = (money, date) => [money && moneyText(money), date && `on ${dateText(date)}`].filter(Boolean).join(" ");

/** "15.24 % (purchase)". */
function rateText({ percentage, type }) {
  if (percentage === null) return null;
  const kind = type?.replace(/_apr$/, "").replaceAll("_", " ");
  return kind ? `${decimalText(percentage)} % (${kind})` : `${decimalText(percentage)} %`;
}
