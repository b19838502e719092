import {registry} from "@web/core/registry";

const card = (key, count) =>
  `.o_workmanager_dashboard_card[data-card=${key}]:contains(${count})`;

registry.category("web_tour.tours").add("workmanager_dashboard", {
  url: "/odoo/service-dashboard",
  steps: () => [
    {
      content: "A card tells what waits, and shows it",
      trigger: card("my_evaluation", 1),
      run: "click",
    },
    {
      trigger: `${card("my_evaluation", 1)}[aria-pressed=true]`,
    },
    {
      trigger: ".o_searchview_facet:contains(To Evaluate)",
    },
    {
      content: "Go to the sheet",
      trigger: ".o_data_row:only-child .o_data_cell[name=partner_id]",
      run: "click",
    },
    {
      content: "One click from the sheet to the equipment's story",
      trigger: ".oe_stat_button[name=action_view_history]",
      run: "click",
    },
    {
      trigger: ".o_workmanager_history_entry[data-kind=sheet]:eq(1):contains(Repaired)",
    },
    {
      content: "And to an earlier sheet",
      trigger: ".o_workmanager_history_entry[data-kind=sheet]:eq(1) button",
      run: "click",
    },
    {
      trigger: ".o_statusbar_status .o_arrow_button_current:contains(Delivered)",
    },
  ],
});
