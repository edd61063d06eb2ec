// What the API refuses (application/problem+json, RFC 9457), and what the person called off.

/** A request that was not served. */
export class Problem extends Error {
  constructor({ type = "", title = "", status = 0, detail = "", errors = [], ...members }, retryAfter = null) {
    super(detail || title);
    this.name = "Problem";
    this.slug = type.split("/").pop();
    this.title = title;
    this.status = status;
    this.errors = errors;
    this.members = members;
    this.retryAfter = retryAfter;
  }

  /** For the person: what happened and how to mend it. */
  sentence() {
    if (this.slug === "too-many-requests" && this.retryAfter) {
      return `Too many tries. Wait ${waiting(Number(this.retryAfter))} and try again.`;
    }
    const fields = this.errors.map(({ message }) => message).join(" ");
    return fields || this.message || this.title || "The service did not answer as it should. Try again.";
  }
}

/** The person changed their mind. */
export class Cancelled extends Error {
  constructor(message = "Nothing was done: you did not confirm it.") {
    super(message);
    this.name = "Cancelled";
  }
}

/** The service could not be reached. */
export function unreachable() {
  return new Problem({ type: "/unreachable", title: "Balance can’t be reached. Check your connection and try again." });
}

function waiting(seconds) {
  if (seconds < 90) return `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
