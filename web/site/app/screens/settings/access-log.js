// Who looked: what the public audit log says of the person, the newest first, each with its proof.

import { entryCard } from "../../access-log/entry.js";
import { get } from "../../api/request.js";
import { announce } from "../../page/announce.js";
import { element, fill } from "../../page/dom.js";
import { actionButton, alertBox } from "../../page/form.js";
import { section } from "./sections.js";

const PAGE = 20;

export default async function accessLog() {
  const alert = alertBox();
  const list = element("ol", { class: "log" });
  const holder = element("div", { class: "row" });
  let cursor = null;
  const more = actionButton({
    label: "More", class: "button plain", alert,
    act: async () => {
      const next = await page(cursor);
      take(next);
      announce(`${next.data.length} more.`);
    },
  });
  function take({ data, next_cursor: next, size, root }) {
    list.append(...data.map((entry) => entryCard(entry, { size, root })));
    cursor = next;
    fill(holder, next && more);
  }
  const first = await page(null);
  take(first);
  return section("Who looked",
    element("p", { class: "quiet" }, "The console of Balance’s operators writes an entry here before anything of yours is looked at or changed; each key that you add or remove has one too."),
    element("p", { class: "quiet" }, "Each stands in a public log that nobody can rewrite unseen. ",
      element("code", {}, "docs/audit/verify.py inclusion FILE"), " in the source of Balance checks an entry’s proof, with the log’s ",
      element("a", { href: "/audit/log/key" }, "key"), " and its ", element("a", { href: "/audit/log/checkpoint" }, "checkpoint"), "."),
    first.data.length === 0 && element("p", {}, "Nobody has looked."),
    list, alert, holder);
}

function page(cursor) {
  return get(`/v1/me/access-log?${new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) })}`);
}
