// Dates in the reader's own words. A civil date has no time zone: it is the day the bank named.

const month = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", timeZone: "UTC" });
const civil = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeZone: "UTC" });
const brief = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** "2026-11-17" → "November 2026". */
export const monthName = (date) => month.format(new Date(`${date}T00:00:00Z`));

/** "2026-11-17" → "Tue 17". */
export const dayName = (date) => day.format(new Date(`${date}T00:00:00Z`));

/** "2026-11-17" → "November 17, 2026". */
export const dateText = (date) => civil.format(new Date(`${date}T00:00:00Z`));

/** "2026-11-17" → "Nov 17, 2026". */
export const briefDateText = (date) => brief.format(new Date(`${date}T00:00:00Z`));

/** The day of an RFC 3339 time, where the reader is: "November 17, 2026". */
export const dateName = (time) => date.format(new Date(time));

/** An RFC 3339 time, where the reader is. */
export const momentName = (time) => moment.format(new Date(time));
