// A transaction by itself, and what the person says of it: her own category, a note, tags. The
// bank's words stay beside them, and hers outlive whatever the bank changes.

import { get, patch } from "../api/request.js";
import { dateText } from "../page/dates.js";
import { openDialog } from "../page/dialog.js";
import { element } from "../page/dom.js";
import { actionButton, alertBox, field, form } from "../page/form.js";
import { movementText } from "../page/money.js";
import { categoryField, categoryText } from "./categories.js";
import { titleOf } from "./transaction-row.js";

const MOST_TAGS = 20;

const NOTHING = { corrected_category: null, note: null, tags: [] };

/** Shows one, as it is now; the changed one where something was changed. */
export async function openTransaction(id, account, own) {
  const transaction = await get(`/v1/transactions/${id}`);
  return openDialog(titleOf(transaction), (close) => [facts(transaction, account), editing(transaction, own, close)]);
}

function facts({ amount, date, authorized_date: authorized, pending, name, original_description: words, category }, account) {
  const known = [
    ["Amount", movementText(amount)],
    ["Date", dateText(date)],
    authorized && authorized !== date && ["Authorized", dateText(authorized)],
    pending && ["State", "Pending: the bank may still change it"],
    ["Account", account],
    ["The bank’s words", words ?? name],
    category && ["Plaid’s category", categoryText(category.detailed ?? category.primary)],
  ].filter(Boolean);
  return element("dl", { class: "facts" }, known.map(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]));
}

function editing(transaction, own, close) {
  const path = `/v1/transactions/${transaction.id}`;
  const fields = [
    categoryField({ name: "corrected_category", label: "Your category", own, value: transaction.corrected_category }),
    noteField(transaction.note),
    tagsField(transaction.tags),
  ];
  const send = async (values) => {
    // What was not changed here may have been changed elsewhere meanwhile.
    const isNew = ([name, value]) => JSON.stringify(value) !== JSON.stringify(transaction[name]);
    const changed = Object.entries(values).filter(isNew);
    close(changed.length > 0 ? await patch(path, Object.fromEntries(changed)) : undefined);
  };
  const alert = alertBox();
  const isBare = transaction.corrected_category === null && transaction.note === null && transaction.tags.length === 0;
  const beside = [
    !isBare && actionButton({ label: "Clear", act: async () => close(await patch(path, NOTHING)), alert, class: "button plain" }),
    element("button", { type: "button", class: "button plain", onclick: () => close() }, "Cancel"),
  ];
  return [form({ fields, submit: "Save", send, beside }), alert];
}

function noteField(note) {
  const made = field({ name: "note", label: "Your note", rows: "2", maxlength: "500", optional: true, autocapitalize: "sentences" });
  made.input.value = note ?? "";
  return { ...made, value: () => made.input.value.trim() || null, validate: () => "" };
}

function tagsField(tags) {
  const made = field({ name: "tags", label: "Your tags", hint: "With commas between them.", optional: true, autocomplete: "off", value: tags.join(", ") });
  const value = () => [...new Set(made.input.value.split(",").map((tag) => tag.trim()).filter(Boolean))];
  const validate = () => {
    if (value().length > MOST_TAGS) return `This takes ${MOST_TAGS} tags at most.`;
    return value().some((tag) => [...tag].length > 40) ? "A tag has 40 characters at most." : "";
  };
  return { ...made, value, validate };
}
