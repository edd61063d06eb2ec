// The calls to Plaid that the benchmarks need.
import { upstream } from "../problem";

export interface PlaidAccount {
  account_id: string;
  name: string;
  official_name: string | null;
  mask: string | null;
  type: string;
  subtype: string | null;
  balances: {
    available: number | null;
    current: number | null;
    limit: number | null;
    iso_currency_code: string | null;
    unofficial_currency_code: string | null;
  };
}

export interface PlaidTransaction {
  transaction_id: string;
  account_id: string;
  pending_transaction_id: string | null;
  amount: number;
  iso_currency_code: string | null;
  unofficial_currency_code: string | null;
  date: string;
  authorized_date?: string | null;
  datetime?: string | null;
  name: string;
  merchant_name?: string | null;
  original_description?: string | null;
  pending: boolean;
  payment_channel: string;
  personal_finance_category?: { primary: string; detailed: string; confidence_level?: string | null } | null;
}

export interface SyncPage {
  accounts: PlaidAccount[];
  added: PlaidTransaction[];
  modified: PlaidTransaction[];
  removed: { transaction_id: string }[];
  next_cursor: string;
  has_more: boolean;
}

export interface PlaidItem {
  item: {
    institution_id: string | null;
    institution_name?: string | null;
    products: string[];
    consented_products?: string[];
  };
}

/** A public key that signs webhooks. */
export interface PlaidKey extends JsonWebKey {
  kid: string;
  expired_at: number | null;
}

const TIMEOUT_MS = 30_000;

interface Settings {
  PLAID_BASE_URL: string;
  PLAID_CLIENT_ID: string;
  PLAID_SECRET: string;
}

export class Plaid {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(settings: Settings) {
    this.#base = settings.PLAID_BASE_URL;
    this.#headers = {
      "content-type": "application/json",
      "plaid-client-id": settings.PLAID_CLIENT_ID,
      "plaid-secret": settings.PLAID_SECRET,
      "plaid-version": "2020-09-14",
    };
  }

  exchange(publicToken: string): Promise<{ access_token: string; item_id: string }> {
    return this.#call("/item/public_token/exchange", { public_token: publicToken });
  }

  item(accessToken: string): Promise<PlaidItem> {
    return this.#call("/item/get", { access_token: accessToken });
  }

  sync(accessToken: string, cursor: string | null): Promise<SyncPage> {
    return this.#call("/transactions/sync", {
      access_token: accessToken,
      ...(cursor && { cursor }),
      count: 500,
      options: { include_original_description: true },
    });
  }

  async key(keyId: string): Promise<PlaidKey> {
    const { key } = await this.#call<{ key: PlaidKey }>("/webhook_verification_key/get", { key_id: keyId });
    return key;
  }

  async #call<Reply>(path: string, body: object): Promise<Reply> {
    const response = await fetch(this.#base + path, {
      method: "POST",
      headers: this.#headers,
      body: JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw upstream();
    return response.json<Reply>();
  }
}
