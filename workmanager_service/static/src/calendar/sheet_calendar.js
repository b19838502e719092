import {_t} from "@web/core/l10n/translation";
import {serializeDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {CalendarController} from "@web/views/calendar/calendar_controller";
import {CalendarModel} from "@web/views/calendar/calendar_model";
import {calendarView} from "@web/views/calendar/calendar_view";
import {SelectCreateDialog} from "@web/views/view_dialogs/select_create_dialog";

// When the day of a visit was chosen, and no hour.
const FIRST_HOUR = 9;

/** Sheets are called by who and what they are for: a number says nothing at a glance. */
export class SheetCalendarModel extends CalendarModel {
  normalizeRecord(rawRecord) {
    return {...super.normalizeRecord(rawRecord), title: rawRecord.calendar_title};
  }
}

/** A free time that is clicked or drawn is given to a visit that waits for one. */
export class VisitCalendarController extends CalendarController {
  get className() {
    return `${super.className || ""} o_workmanager_visits`;
  }

  createRecord(record) {
    return new Promise((resolve) => {
      this.displayDialog(
        SelectCreateDialog,
        {
          title: _t("Plan a Visit"),
          resModel: this.model.resModel,
          domain: [
            ["intake_mode", "=", "on_site"],
            ["visit_start", "=", false],
            ["state", "not in", ["delivered", "cancelled"]],
          ],
          context: {
            list_view_ref: "workmanager_service.workmanager_sheet_view_list_visit",
            kanban_view_ref: "workmanager_service.workmanager_sheet_view_kanban_visit",
          },
          multiSelect: false,
          noCreate: true,
          noContentHelp: _t("Every visit has its time."),
          onSelected: (ids) => this.planVisit(ids[0], record),
        },
        {onClose: resolve}
      );
    });
  }

  /**
   * @param {Number} sheetId
   * @param {Object} time what the calendar tells of the click
   */
  async planVisit(sheetId, {start, end, isAllDay}) {
    const values = {
      visit_start: serializeDateTime(isAllDay ? start.set({hour: FIRST_HOUR}) : start),
    };
    if (!isAllDay && end?.isValid) {
      values.visit_stop = serializeDateTime(end);
    }
    await this.orm.write(this.model.resModel, [sheetId], values);
    await this.model.load();
  }
}

registry.category("views").add("workmanager_sheet_calendar", {
  ...calendarView,
  Model: SheetCalendarModel,
});
registry.category("views").add("workmanager_visit_calendar", {
  ...calendarView,
  Model: SheetCalendarModel,
  Controller: VisitCalendarController,
});
