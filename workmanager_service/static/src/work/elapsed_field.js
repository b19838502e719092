import {Component, onWillUnmount, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const {DateTime} = luxon;
const TICK = 1000;

/** How long ago a moment was, counting on: 1:05:09. */
export class ElapsedField extends Component {
  static template = "workmanager_service.ElapsedField";
  static props = standardFieldProps;

  setup() {
    this.state = useState({now: DateTime.now()});
    const timer = browser.setInterval(() => {
      this.state.now = DateTime.now();
    }, TICK);
    onWillUnmount(() => browser.clearInterval(timer));
  }

  get elapsed() {
    const start = this.props.record.data[this.props.name];
    if (!start) {
      return "";
    }
    const length = this.state.now.diff(start);
    return (length.valueOf() > 0 ? length : length.set({milliseconds: 0})).toFormat(
      "h:mm:ss"
    );
  }
}

registry.category("fields").add("workmanager_elapsed", {
  component: ElapsedField,
  displayName: _t("Elapsed Time"),
  supportedTypes: ["datetime"],
});
