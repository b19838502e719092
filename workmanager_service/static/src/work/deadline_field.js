import {
  RemainingDaysField,
  remainingDaysField,
} from "@web/views/fields/remaining_days/remaining_days_field";
import {_t} from "@web/core/l10n/translation";
import {capitalize} from "@web/core/utils/strings";
import {registry} from "@web/core/registry";

const {DateTime} = luxon;
const DAY = 86400000;
const DAYS_IN_WORDS = 99;
// A board has many deadlines, and few days on which they are.
const words = new Map();

function getDayNumber({year, month, day}) {
  return Date.UTC(year, month - 1, day) / DAY;
}

/** Odoo's remaining days, always in days: it says “Next month” of the first, tomorrow. */
export class DeadlineField extends RemainingDaysField {
  get diffDays() {
    const deadline = this.props.record.data[this.props.name];
    return deadline ? getDayNumber(deadline) - getDayNumber(DateTime.local()) : null;
  }

  get diffString() {
    const days = this.diffDays;
    if (days === null || Math.abs(days) > DAYS_IN_WORDS) {
      return super.diffString;
    }
    if (!words.has(days)) {
      const deadline = this.props.record.data[this.props.name];
      words.set(days, capitalize(deadline.toRelativeCalendar({unit: "days"})));
    }
    return words.get(days);
  }

  get classNames() {
    const days = this.diffDays;
    return {
      "fw-bold": days !== null && days <= 0,
      "text-danger": days < 0,
      "text-warning": days === 0,
    };
  }
}

registry.category("fields").add("workmanager_deadline", {
  ...remainingDaysField,
  component: DeadlineField,
  displayName: _t("Deadline in Days"),
});
