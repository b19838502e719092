import {
  RemainingDaysField,
  remainingDaysField,
} from "@web/views/fields/remaining_days/remaining_days_field";
import {_t} from "@web/core/l10n/translation";
import {capitalize} from "@web/core/utils/strings";
import {registry} from "@web/core/registry";

const DAYS_IN_WORDS = 99;

/** Odoo's remaining days, always in days: it says “Next month” of the first, tomorrow. */
export class DeadlineField extends RemainingDaysField {
  get diffString() {
    if (this.diffDays === null || Math.abs(this.diffDays) > DAYS_IN_WORDS) {
      return super.diffString;
    }
    const deadline = this.props.record.data[this.props.name];
    return capitalize(deadline.toRelativeCalendar({unit: "days"}));
  }
}

registry.category("fields").add("workmanager_deadline", {
  ...remainingDaysField,
  component: DeadlineField,
  displayName: _t("Deadline in Days"),
});
