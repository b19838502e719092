import {registry} from "@web/core/registry";

/** Print, and go on: a report's download alone would leave the filled form open. */
async function printAndGoOn(env, {params}) {
  await env.services.action.doAction(params.report);
  return params.next;
}

registry.category("actions").add("workmanager_print", printAndGoOn);
