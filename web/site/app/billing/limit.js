// Where a plan has no room: the person is led to it, and told why.

import { go } from "../router.js";

/** Does what a plan may have no room for. */
export async function withinPlan(work) {
  try {
    await work();
  } catch (problem) {
    if (problem.slug !== "plan-limit") throw problem;
    go("billing?limit=met");
  }
}
