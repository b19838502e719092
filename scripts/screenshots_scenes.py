"""What the pictures of the guide show, by the person who sees it."""

SHEET = "workmanager.sheet"
FORM = ".o_form_view"


def take_all(at_desk, on_phone):
    """Take every picture once.

    :param at_desk: gives the browser of a login at a desktop computer
    :param on_phone: gives the browser of a login, or of nobody, on a phone
    """
    take_counter(at_desk("reception"))
    take_shop(at_desk("manager"))
    take_server(at_desk("admin"))
    take_technician(on_phone("technician2"))
    take_customer(on_phone("customer"))
    seen = at_desk("manager").find(
        SHEET, ["state", "=", "repair"], fields=["name", "tracking_code"]
    )
    take_visitor(on_phone(), seen)


def take_counter(desk):
    desk.open(
        "/odoo/action-workmanager_service.workmanager_dashboard_action",
        ".o_workmanager_dashboard_card",
    )
    desk.take("dashboard")
    known = desk.find(SHEET, ["state", "=", "delivered"], fields=["serial_number"])
    desk.open("/odoo/intake", ".o_workmanager_lookup input")
    desk.page.fill(".o_workmanager_lookup input", known["serial_number"])
    desk.page.wait_for_selector(".o-autocomplete--dropdown-item")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("[name=claimed_fault_ids] .form-check")
    desk.take("intake")
    ready = desk.find(
        SHEET,
        ["state", "=", "ready"],
        ["outcome", "=", "repaired"],
        ["accessory_ids", "!=", False],
    )
    desk.open(f"/odoo/service-sheets/{ready['id']}", FORM)
    desk.page.click("button[name=action_open_handover]")
    desk.page.wait_for_selector(".modal [name=accessories]")
    desk.take("handover")


def take_shop(desk):
    desk.open("/odoo/service-sheets", ".o_kanban_record")
    desk.take("board")
    sheet = desk.find(SHEET, ["state", "=", "repair"], ["amount_total", ">", 0])
    desk.open(f"/odoo/service-sheets/{sheet['id']}", FORM)
    desk.page.click(".o_notebook a[name=lines]")
    desk.page.locator(".o_content").evaluate("form => form.scrollTo(0, 0)")
    desk.take("sheet", height=1180)
    desk.open("/odoo/service-missing-parts", ".o_data_row")
    desk.page.click(".o_facet_remove")
    desk.page.wait_for_selector(".o_data_row >> nth=1")
    desk.take("missing-parts", height=420)
    desk.open("/odoo/service-visits", ".o_calendar_view .fc-timegrid-slot")
    desk.take("visits")
    desk.open(
        "/odoo/action-workmanager_service.workmanager_sheet_report_action_margin",
        ".o_pivot td.o_pivot_cell_value",
    )
    desk.take("figures")
    kind = desk.find("workmanager.equipment.type", ["checkpoint_ids", "!=", False])
    desk.open(
        "/odoo/action-workmanager_service.workmanager_equipment_type_action"
        f"/{kind['id']}",
        FORM,
    )
    desk.take("equipment-type")
    document = desk.find("workmanager.document", ["kind", "=", "intake"])
    desk.open(
        "/odoo/action-workmanager_service.workmanager_document_action"
        f"/{document['id']}",
        FORM,
    )
    desk.take("documents")


def take_server(desk):
    desk.open(
        "/odoo/action-workmanager_service.res_config_settings_action",
        ".app_settings_block[data-key=workmanager_service] .o_setting_box",
    )
    desk.take("settings")
    desk.open("/odoo/apps", ".o_kanban_record")
    desk.page.click(".o_facet_remove")
    desk.page.wait_for_selector(".o_searchview_facet", state="detached")
    desk.page.fill(".o_searchview_input", "Workmanager")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_function(
        "() => document.querySelectorAll("
        "'.o_kanban_record:not(.o_kanban_ghost)').length === 3"
    )
    desk.take("apps", height=420)


def take_technician(phone):
    phone.open("/odoo/my-service-work", ".o_workmanager_work .o_kanban_record")
    phone.take("my-work-phone")
    check = phone.find(
        "workmanager.evaluation.check",
        ["evaluation_id.state", "=", "draft"],
        ["evaluation_id.sheet_id.state", "=", "evaluation"],
        ["checkpoint_id.fault_ids.operation_ids", "!=", False],
        fields=["name", "sheet_id"],
    )
    phone.open(f"/odoo/service-sheets/{check['sheet_id'][0]}", FORM)
    phone.page.click(".o_notebook a[name=evaluation]")
    asked = phone.page.locator(f'.o_workmanager_check[data-name="{check["name"]}"]')
    if not asked.locator(".o_workmanager_faults").count():
        asked.locator("button[name=not_ok]").click()
    fault = asked.locator(".o_workmanager_faults button").first
    if fault.get_attribute("aria-pressed") == "false":
        fault.click()
    asked.locator(".o_workmanager_repair").first.wait_for()
    asked.evaluate("check => check.scrollIntoView({block: 'center'})")
    phone.take("checks-phone")


def take_customer(phone):
    phone.open("/my/services", "table")
    phone.page.click("table a >> nth=0")
    phone.page.wait_for_selector(".o_wm_notice")
    phone.take("portal-phone")


def take_visitor(phone, sheet):
    """Somebody without an account asks for a sheet's status."""
    phone.open("/service/status", "input[name=number]")
    phone.page.fill("input[name=number]", sheet["name"])
    phone.page.fill("input[name=code]", sheet["tracking_code"])
    phone.page.click("main button[type=submit]")
    phone.page.wait_for_selector(".o_wm_steps")
    phone.take("status-phone")
