// A page of Plaid's changes, turned into sealed rows: all of them at once.
import type { AccountRecord } from "../store/accounts";
import { unixNow } from "../store/database";
import { monthToken } from "../store/months";
import type { Change, TransactionRecord } from "../store/transactions";
import { money } from "../money";
import { Index, Table, type UserKeys } from "../vault/keys";
import { seal } from "../vault/records";
import type { PlaidAccount, PlaidTransaction, SyncPage } from "./plaid";

/** Seals the pages of one attempt. */
export class Sealer {
  readonly #keys: UserKeys;
  readonly #attempt: number;
  readonly #months = new Map<string, Promise<string>>();
  readonly #accounts = new Map<string, Promise<string>>();
  /** Pending rows that a posted one of this attempt has replaced. */
  readonly #replaced = new Set<string>();

  constructor(keys: UserKeys, attempt: number, months: string[]) {
    this.#keys = keys;
    this.#attempt = attempt;
    for (const month of months) void this.#month(month);
  }

  /** "YYYY-MM" of every month met, and its token. */
  async months(): Promise<[name: string, token: string][]> {
    return Promise.all([...this.#months].map(async ([name, token]) => [name, await token] as [string, string]));
  }

  /** The page's changes by row id, sealed for their places: the last word on each row. */
  async changes(page: SyncPage): Promise<Change[]> {
    const rows = [...page.added, ...page.modified];
    const ids = await Promise.all(rows.map((row) => this.#id(row.transaction_id)));
    const pending = await Promise.all(rows.map((row) => row.pending_transaction_id && this.#id(row.pending_transaction_id)));
    const changes = new Map<string, Promise<Change> | Change>();
    rows.forEach((row, at) => {
      const [id, replaces] = [ids[at]!, pending[at] ?? null];
      if (replaces) {
        this.#replaced.add(replaces);
        changes.set(replaces, { id: replaces, month: null, sealed: null });
      }
      if (!this.#replaced.has(id)) changes.set(id, this.#put(id, replaces, row));
    });
    for (const { transaction_id } of page.removed) {
      const id = await this.#id(transaction_id);
      changes.set(id, { id, month: null, sealed: null });
    }
    return Promise.all(changes.values());
  }

  /** The page's accounts, by our ids. */
  async accounts(accounts: PlaidAccount[]): Promise<Map<string, AccountRecord>> {
    const now = unixNow();
    const records = accounts.map(async (account) => {
      return [await this.#account(account.account_id), accountRecord(account, now)] as const;
    });
    return new Map(await Promise.all(records));
  }

  async #put(id: string, replaces: string | null, row: PlaidTransaction): Promise<Change> {
    const { minor_units, currency, scale } = money(row.amount, row.iso_currency_code ?? row.unofficial_currency_code ?? "XXX");
    const category = row.personal_finance_category;
    const record: TransactionRecord = [
      await this.#account(row.account_id),
      row.date,
      row.authorized_date ?? null,
      row.datetime ?? null,
      minor_units,
      currency,
      scale,
      row.name,
      row.merchant_name ?? null,
      row.original_description ?? null,
      row.pending,
      row.payment_channel,
      category?.primary ?? null,
      category?.detailed ?? null,
      category?.confidence_level ?? null,
      replaces,
    ];
    const [month, sealed] = await Promise.all([
      this.#month(row.date.slice(0, 7)),
      seal(this.#keys, Table.Transaction, { id, rev: this.#attempt }, record),
    ]);
    return { id, month, sealed };
  }

  #id(plaidId: string): Promise<string> {
    return this.#keys.blind(Index.PlaidTransaction, plaidId);
  }

  #account(plaidId: string): Promise<string> {
    return once(this.#accounts, plaidId, () => this.#keys.blind(Index.PlaidAccount, plaidId));
  }

  #month(name: string): Promise<string> {
    return once(this.#months, name, () => monthToken(this.#keys, name));
  }
}

function once(made: Map<string, Promise<string>>, name: string, make: () => Promise<string>): Promise<string> {
  let value = made.get(name);
  if (!value) made.set(name, (value = make()));
  return value;
}

function accountRecord(account: PlaidAccount, now: number): AccountRecord {
  const { available, current, limit, iso_currency_code, unofficial_currency_code } = account.balances;
  const currency = iso_currency_code ?? unofficial_currency_code ?? "XXX";
  const amount = (value: number | null) => (value === null ? null : money(value, currency));
  return {
    plaid_account_id: account.account_id,
    name: account.name,
    official_name: account.official_name,
    mask: account.mask,
    kind: account.type,
    subtype: account.subtype,
    currency,
    available: amount(available),
    current: amount(current),
    limit: amount(limit),
    updated_at: now,
  };
}
