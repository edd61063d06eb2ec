// Which connection the next visit to "Connect a bank" is to repair. In memory: no id in an address.

let wanted = null;

export const repair = (item) => {
  wanted = item;
};

/** It, once. */
export function takeRepair() {
  const item = wanted;
  wanted = null;
  return item;
}
