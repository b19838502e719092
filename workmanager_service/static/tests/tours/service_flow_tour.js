import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const stage = (label) => ({
  content: `The sheet reaches the stage ${label}`,
  trigger: `.o_statusbar_status .o_arrow_button_current:contains(${label})`,
});
const press = (method) => ({
  content: `Press ${method}`,
  trigger: `.o_statusbar_buttons button[name=${method}]:enabled`,
  run: "click",
});
const confirm = {
  content: "Confirm",
  trigger: ".modal-footer .btn-primary",
  run: "click",
};
const answer = (check, result) => ({
  content: `Answer the check ${check}`,
  trigger: `.o_workmanager_check:contains(${check}) button[name=${result}]`,
  run: "click",
});
const answered = (check, result) => ({
  trigger: `.o_workmanager_check:contains(${check}) button[name=${result}][aria-pressed=true]`,
});

registry.category("web_tour.tours").add("workmanager_service_flow", {
  url: "/odoo/service-sheets/new",
  steps: () => [
    {
      trigger: ".o_field_widget[name=equipment_id] input",
      run: "edit pf3k",
    },
    {
      trigger: ".o-autocomplete--dropdown-item:contains(Test brand)",
      run: "click",
    },
    {
      content: "The customer comes with the equipment",
      trigger: ".o_field_widget[name=partner_id] input:value(Țăranu)",
    },
    {
      trigger: ".o_field_widget[name=claimed_fault] textarea",
      run: "edit Nu mai pornește",
    },
    ...stepUtils.saveForm(),
    stage("Received"),
    press("action_start_evaluation"),
    stage("Evaluation"),
    {trigger: ".o_notebook a[name=evaluation]", run: "click"},
    answer("Starts", "not_ok"),
    answered("Starts", "not_ok"),
    answer("Battery voltage", "not_applicable"),
    answered("Battery voltage", "not_applicable"),
    {trigger: "button[name=set_rest_ok]", run: "click"},
    answered("Hinges", "ok"),
    press("action_complete_evaluation"),
    {trigger: ".o_statusbar_buttons button[name=action_create_quotation]"},
    {trigger: ".o_notebook a[name=lines]", run: "click"},
    {trigger: "button[name=action_add_operation]", run: "click"},
    {
      trigger:
        ".modal .o_data_row:contains(Replace the battery) button[name=action_add_to_sheet]",
      run: "click",
    },
    {trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Battery 56 Wh)"},
    press("action_create_quotation"),
    stage("Quoted"),
    press("action_open_acceptance"),
    {trigger: ".modal .o_field_widget[name=decided_by] input:value(Țăranu)"},
    confirm,
    stage("Approved"),
    press("action_start_repair"),
    stage("In Repair"),
    press("action_start_timer"),
    press("action_stop_timer"),
    {trigger: "button[name=action_start_timer]"},
    press("action_finish_repair"),
    stage("Ready"),
    press("action_open_handover"),
    {trigger: ".modal button[name=action_hand_over_only]", run: "click"},
    stage("Delivered"),
  ],
});
