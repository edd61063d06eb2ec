// Consents in plain words: who asks, for what, and where it stands.

/** The fields that are hidden from operators: the names of crates/consent, and what they are. */
const FIELDS = new Map([
  ["user.email", "Your email address"],
  ["user.name", "What you are called"],
  ["session.origin", "Where you signed in from, and with which browser"],
  ["item.institution", "The names of your banks"],
  ["account.name", "The names of your accounts"],
  ["account.balance", "The balances of your accounts"],
  ["transaction.date", "The days of transactions"],
  ["transaction.amount", "The amounts of transactions"],
  ["transaction.name", "What the bank says of transactions: shops, people, purposes"],
  ["transaction.category", "The categories of transactions"],
  ["transaction.note", "Your own notes and tags"],
  ["subscription.plan", "Your plan"],
]);

const ROLES = new Map([
  ["employee", "works for Balance"],
  ["contractor", "contractor of Balance"],
  ["auditor", "auditor from outside"],
]);

const STATES = new Map([
  ["requested", "Waits for your answer"],
  ["granted", "You allow it"],
  ["declined", "You declined"],
  ["expired", "Its time is over"],
  ["revoked", "You took it back"],
  ["exhausted", "Used as often as you allowed"],
]);

/** A field; one that is new to this page by its own name. */
export const fieldText = (name) => FIELDS.get(name) ?? name;

/** An operator: "Grace, works for Balance". */
export const operatorText = ({ name, role }) => `${name}, ${ROLES.get(role) ?? role}`;

export const stateText = ({ state }) => STATES.get(state) ?? state;

export const isRequested = ({ state }) => state === "requested";
export const isGranted = ({ state }) => state === "granted";

/** A link's address to one consent. Its id says nothing of anybody. */
export const hrefOf = (id) => `#/${placeOf(id)}`;
export const placeOf = (id) => `settings/consents?consent=${id}`;

export const isConsentId = (id) => /^cns_[0-9a-f]{32}$/.test(id);

export const hoursText = (hours) => (hours === 1 ? "1 hour" : `${hours} hours`);
export const timesText = (times) => (times === 1 ? "once" : `${times} times`);
