import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {localization} from "@web/core/l10n/localization";
import {registry} from "@web/core/registry";
import {useAutofocus, useService} from "@web/core/utils/hooks";
import {Mutex} from "@web/core/utils/concurrency";
import {formatFloat} from "@web/core/utils/numbers";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {parseFloat} from "@web/views/fields/parsers";
import {FormViewDialog} from "@web/views/view_dialogs/form_view_dialog";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {CameraButton} from "../photos/camera";

const CHECK = "workmanager.evaluation.check";

/**
 * Return the number that was measured. A single point or comma is a decimal one in any
 * language: a meter says 1.5, and so does many a keyboard.
 */
function parseMeasure(text) {
  const [first, ...others] = text.match(/[.,]/g) || [];
  if (first && !others.length) {
    return parseFloat(text.replace(first, localization.decimalPoint));
  }
  return parseFloat(text);
}

/**
 * A box to type into. It is drawn again only when its own text changes, so that what is
 * being typed outlives the answers to other taps.
 */
class TypedInput extends Component {
  static template = "workmanager_service.TypedInput";
  static props = {
    text: String,
    name: String,
    label: String,
    placeholder: {type: String, optional: true},
    isNumber: {type: Boolean, optional: true},
    isFocused: {type: Boolean, optional: true},
    disabled: {type: Boolean, optional: true},
    onTyped: Function,
  };

  setup() {
    if (this.props.isFocused) {
      useAutofocus({mobile: true});
    }
  }

  onKeydown(ev) {
    if (ev.key === "Enter") {
      ev.target.blur();
    }
  }
}

/**
 * The checks of an evaluation, to be answered by taps: on a phone at the bench as on a
 * computer. Each tap is stored at once, so that two people can share a list.
 */
export class Checklist extends Component {
  static template = "workmanager_service.Checklist";
  static components = {CameraButton, TypedInput};
  static props = {...standardWidgetProps, evaluationField: String};

  setup() {
    this.orm = useService("orm");
    this.dialog = useService("dialog");
    this.notification = useService("notification");
    this.mutex = new Mutex();
    this.state = useState({list: null, noteId: null, instructionId: null});
    this.results = [
      {value: "ok", label: _t("Good"), icon: "fa-check", color: "success"},
      {value: "not_ok", label: _t("Bad"), icon: "fa-times", color: "danger"},
      {
        value: "not_applicable",
        label: _t("Not applicable"),
        icon: "fa-minus",
        color: "secondary",
      },
    ];
    useRecordObserver((record) => this.load(record));
  }

  get sheet() {
    return this.props.record;
  }

  get progress() {
    const {checks} = this.state.list;
    const done = checks.filter((check) => check.result).length;
    return {
      text: _t("%(done)s of %(total)s answered", {done, total: checks.length}),
      percent: (100 * done) / checks.length || 0,
    };
  }

  /** Show the evaluation of the record; in turn, or an older list would come last. */
  load(record) {
    const evaluation = record.data[this.props.evaluationField];
    // What a step of the sheet changes, this reads anew.
    const isShown = evaluation && record.data.state;
    return this.mutex.exec(async () => {
      this.state.list = isShown
        ? await this.orm.call("workmanager.evaluation", "get_checklist", [
            evaluation.id,
          ])
        : null;
    });
  }

  /** One after the other: a thumb is quicker than a network. */
  call(check, method, args = [], kwargs = {}) {
    return this.mutex.exec(async () => {
      this.state.list = await this.orm.call(CHECK, method, [check.id, ...args], kwargs);
    });
  }

  /** The rest of the form shows what this changes, too. */
  async callAndReload(check, method, args) {
    await this.saveSheet();
    await this.call(check, method, args);
    await this.reload();
  }

  async saveSheet() {
    if (await this.sheet.isDirty()) {
      await this.sheet.save();
    }
  }

  reload() {
    return this.sheet.load();
  }

  isOffered(check, result) {
    return check.kind === "pass_fail" || result.value !== "ok";
  }

  setResult(check, result) {
    if (check.result !== result) {
      return this.call(check, "answer", [], {result});
    }
  }

  getValueText(check) {
    return check.value === false
      ? ""
      : formatFloat(check.value, {
          digits: [16, 3],
          thousandsSep: "",
          trailingZeros: false,
        });
  }

  async setValue(check, ev) {
    const text = ev.target.value.trim();
    if (text === this.getValueText(check)) {
      return;
    }
    let value = false;
    if (text) {
      try {
        value = parseMeasure(text);
      } catch {
        this.notification.add(_t("“%s” is not a number.", text), {type: "danger"});
        ev.target.value = this.getValueText(check);
        return;
      }
    }
    await this.call(check, "answer", [], {value});
  }

  async setNote(check, ev) {
    const note = ev.target.value.trim();
    this.state.noteId = null;
    if (note !== check.note) {
      await this.call(check, "answer", [], {note});
    }
  }

  setFault(check, fault) {
    return this.call(check, "set_fault", [fault.id, !fault.is_found]);
  }

  addRepair(check, fault, repair) {
    if (!repair.is_added) {
      return this.callAndReload(check, "add_repair", [repair.id, fault.id]);
    }
  }

  removeRepair(check, repair) {
    return this.callAndReload(check, "remove_repair", [repair.id]);
  }

  async setRestOk() {
    await this.mutex.exec(() =>
      this.orm.call("workmanager.evaluation", "action_set_rest_ok", [
        this.sheet.data[this.props.evaluationField].id,
      ])
    );
    await this.load(this.sheet);
  }

  openDialog(resModel, resId, title) {
    this.dialog.add(
      FormViewDialog,
      {
        resModel,
        resId,
        title,
        canExpand: false,
        preventEdit: !this.state.list.is_editable && resModel === CHECK,
      },
      {onClose: () => this.load(this.sheet)}
    );
  }

  openCheck(check) {
    this.openDialog(CHECK, check.id, check.name);
  }

  openPhoto(check, photo) {
    this.openDialog("workmanager.photo", photo.id, check.name);
  }
}

registry.category("view_widgets").add("workmanager_checklist", {
  component: Checklist,
  extractProps: ({attrs}) => ({evaluationField: attrs.evaluation}),
});
