import {registry} from "@web/core/registry";

/** Print one after the other, and go on: a download alone leaves the form open. */
async function printAndGoOn(env, {params}) {
  for (const report of params.reports) {
    // The browser loses a download that starts before the last one has ended.
    await env.services.action.doAction(report);
  }
  return params.next;
}

registry.category("actions").add("workmanager_print", printAndGoOn);
