// What the audit log says of a person, in plain words.

const COMMANDS = new Map([
  ["user.find", "Looked for your account by its email"],
  ["user.show", "Looked at your account"],
  ["user.delete", "Was about to delete your account"],
  ["item.list", "Looked at your bank connections"],
  ["item.status", "Looked at how a bank connection fares"],
  ["item.resync", "Had a bank connection read anew"],
  ["transaction.list", "Looked at transactions"],
  ["subscription.show", "Looked at your plan"],
  ["session.list", "Looked at where you are signed in"],
  ["session.revoke", "Ended one of your sessions"],
  ["consent.request", "Asked for your consent"],
  ["consent.show", "Looked at a consent of yours"],
  ["consent.list", "Looked at your consents"],
  ["keys.rotate", "Made new keys for your data"],
  ["operator.grant", "Made you an operator"],
  ["operator.revoke", "Took your role of an operator away"],
]);

const KINDS = new Map([
  ["key.enrolled", "A security key was added to your account"],
  ["key.removed", "A security key was removed from your account"],
  ["consent.requested", "Your consent was asked for"],
  ["consent.granted", "You signed a consent"],
  ["consent.declined", "You declined a consent"],
  ["consent.used", "A consent of yours was used"],
  ["consent.revoked", "You took a consent back"],
  ["operator.granted", "You became an operator"],
  ["operator.revoked", "You are an operator no more"],
]);

const REASONS = new Map([
  ["support", "Support"], ["incident", "Incident"], ["security", "Security"],
  ["legal", "Legal"], ["maintenance", "Maintenance"], ["review", "Review"],
]);

const OUTCOMES = new Map([["refused", " (it was refused)"], ["failed", " (it failed)"]]);

const REVIEWS = new Map([
  ["approved", "Looked over by someone else, and approved"],
  ["flagged", "Looked over by someone else, and found wrong"],
  ["pending", "Not looked over yet"],
]);

/** What happened; what is new to this page by its own name. */
export function deedText({ kind, event }) {
  if (event.event !== "command") return KINDS.get(kind) ?? kind;
  const deed = COMMANDS.get(event.command) ?? `Gave the command ${event.command}`;
  return kind === "command.intended" ? `${deed} (before it was done)` : deed + (OUTCOMES.get(event.outcome) ?? "");
}

/** Why, in the operator's own words. */
export const reasonText = ({ reason_type: type, reason }) =>
  [REASONS.get(type) ?? type, reason].filter(Boolean).join(": ");

/** The kinds of reasons there are. */
export const REASON_TYPES = [...REASONS.keys()];

export const reviewText = (reviewed) => REVIEWS.get(reviewed) ?? reviewed;
